-- How good a stay was by its quality windows, one row per participation that has any: the worse of sound and picture.
-- Reads: quality_windows, quality_limits (min_share_of_stay).
--
-- A stay is poor when at least min_share_of_stay of its measured time is poor, degraded when as much is degraded or
-- poor; its reason is what made most of that time so bad. Time in which nothing was measured does not count.
with
windows as (
    select
        participation_id,
        media_kind,
        window_ms,
        quality_reason,
        case quality_class when 'poor' then 3 when 'degraded' then 2 when 'good' then 1 else 0 end as quality_rank,
        case quality_reason when 'delay' then 1 when 'loss' then 2 when 'concealment' then 3 when 'frozen' then 4
            when 'low_frame_rate' then 5 end as reason_order,
        received_date
    from quality_windows
),
media as (
    select
        participation_id,
        media_kind,
        sum(case when quality_rank >= 1 then window_ms else 0 end) as measured_ms,
        sum(case when quality_rank >= 2 then window_ms else 0 end) as bad_ms,
        sum(case when quality_rank = 3 then window_ms else 0 end) as poor_ms,
        max(received_date) as received_date
    from windows
    group by participation_id, media_kind
),
media_rank as (
    select
        participation_id,
        media_kind,
        case
            when measured_ms = 0 then 0
            when poor_ms >= measured_ms * min_share_of_stay then 3
            when bad_ms >= measured_ms * min_share_of_stay then 2
            else 1
        end as quality_rank,
        received_date
    from media
    cross join quality_limits
),
stay as (
    select participation_id, max(quality_rank) as quality_rank, max(received_date) as received_date
    from media_rank
    group by participation_id
),
reason_time as (
    -- a poor stay has the reason of its poor windows, a degraded one that of all that are less than good
    select
        windows.participation_id,
        windows.quality_reason,
        windows.reason_order,
        sum(windows.window_ms) as bad_ms
    from windows
    inner join media_rank
        on media_rank.participation_id = windows.participation_id
        and media_rank.media_kind = windows.media_kind
    inner join stay
        on stay.participation_id = windows.participation_id
        and stay.quality_rank = media_rank.quality_rank
    where stay.quality_rank >= 2 and windows.quality_rank >= stay.quality_rank
    group by windows.participation_id, windows.quality_reason, windows.reason_order
),
reason as (
    select
        participation_id,
        quality_reason,
        row_number() over (partition by participation_id order by bad_ms desc, reason_order) as nth
    from reason_time
),
final as (
    select stay.participation_id, stay.quality_rank, reason.quality_reason, stay.received_date
    from stay
    left join reason on reason.participation_id = stay.participation_id and reason.nth = 1
)
select * from final
