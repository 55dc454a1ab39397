-- One row per quality window: what its counters come to, and how good the sound or picture was.
-- Reads: session_events, quality_limits (one row: <measure>_degraded and <measure>_poor).
--
-- A counter that the browser does not report is missing, not 0; what needs it is missing too and decides nothing. The
-- class is the worst of what could be decided. Delay is found by the wait in the jitter buffer and the round trip: a
-- thin link delays the sound without losing a packet. Loss keeps its sign: packets may come twice.
with
windows as (
    select * from session_events where type = 'dk.medvideo.quality.window.v1'
),
measured as (
    select
        programme,
        source,
        seq,
        meeting_id,
        participation_id,
        time as ended_at,
        media_kind,
        window_ms,
        -- without a round trip the delay is at least the buffer's
        case
            when media_kind = 'audio' and jitter_buffer_emitted_count > 0
                then cast(
                    cast(jitter_buffer_delay_s as double) / jitter_buffer_emitted_count
                    + coalesce(cast(round_trip_time_s as double), 0) / 2
                    as decimal(18, 9)
                )
        end as delay_s,
        case
            when packets_received + packets_lost > 0
                then cast(cast(packets_lost as double) / (packets_received + packets_lost) as decimal(18, 9))
        end as loss_share,
        case
            when media_kind = 'audio' and total_samples_received > 0 and concealed_samples = 0
                then cast(0 as decimal(18, 9))
            when media_kind = 'audio' and total_samples_received > 0
                then cast(
                    cast(concealed_samples - silent_concealed_samples as double) / total_samples_received
                    as decimal(18, 9)
                )
        end as concealed_share,
        case
            when media_kind = 'video' and freeze_count = 0 then cast(0 as decimal(18, 9))
            when media_kind = 'video'
                then cast(cast(total_freezes_duration_s as double) * 1000 / window_ms as decimal(18, 9))
        end as frozen_share,
        -- no packet at all is a camera that is off, or a loss that the sound tells of
        case
            when media_kind = 'video' and coalesce(packets_received, 1) > 0
                then cast(
                    coalesce(cast(frames_per_second as double), cast(frames_decoded as double) * 1000 / window_ms)
                    as decimal(18, 9)
                )
        end as frames_per_second,
        received_date
    from windows
),
ranked as (
    -- 0 not measured, 1 good, 2 degraded, 3 poor
    select
        measured.*,
        case when delay_s > delay_s_poor then 3 when delay_s > delay_s_degraded then 2 when delay_s is not null then 1
            else 0 end as delay_rank,
        case when media_kind <> 'audio' then 0
            when loss_share > loss_share_poor then 3 when loss_share > loss_share_degraded then 2
            when loss_share is not null then 1 else 0 end as loss_rank,
        case when concealed_share > concealed_share_poor then 3 when concealed_share > concealed_share_degraded then 2
            when concealed_share is not null then 1 else 0 end as concealment_rank,
        case when frozen_share > frozen_share_poor then 3 when frozen_share > frozen_share_degraded then 2
            when frozen_share is not null then 1 else 0 end as frozen_rank,
        case when frames_per_second < frames_per_second_poor then 3
            when frames_per_second < frames_per_second_degraded then 2
            when frames_per_second is not null then 1 else 0 end as frame_rate_rank
    from measured
    cross join quality_limits
),
judged as (
    select *, greatest(delay_rank, loss_rank, concealment_rank, frozen_rank, frame_rate_rank) as quality_rank
    from ranked
),
final as (
    select
        programme,
        source,
        seq,
        meeting_id,
        participation_id,
        ended_at,
        media_kind,
        window_ms,
        delay_s,
        loss_share,
        concealed_share,
        frozen_share,
        frames_per_second,
        case quality_rank when 3 then 'poor' when 2 then 'degraded' when 1 then 'good' else 'unknown' end
            as quality_class,
        -- of two that are equally bad, the cause before what follows from it
        case
            when quality_rank < 2 then null
            when delay_rank = quality_rank then 'delay'
            when loss_rank = quality_rank then 'loss'
            when concealment_rank = quality_rank then 'concealment'
            when frozen_rank = quality_rank then 'frozen'
            else 'low_frame_rate'
        end as quality_reason,
        received_date
    from judged
)
select * from final
