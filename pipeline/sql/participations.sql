-- One row per participation: a person's stay in a meeting under one participation id, reconnections included.
-- Reads: session_events, stay_quality, quality_limits (min_connected_s), end_reasons (spelling, code). Events are
-- ordered by (source, seq), never by their clocks.
--
-- A stay begins at the first `connected` and ends at its own `left`. Only what no later event closes is closed as
-- inferred: when the meeting ended, else at the last event of the source in the same boot. The service itself appends
-- such a `left` after a restart; then too the stay reaches no longer than the last event before the restart.
with
events as (
    select
        *,
        row_number() over (partition by participation_id order by source, seq) as nth,
        row_number() over (partition by participation_id order by source desc, seq desc) as nth_from_end
    from session_events
    where participation_id is not null and type like 'dk.medvideo.participant.%'
),
first_event as (
    select participation_id, programme, source, short_id, meeting_id from events where nth = 1
),
last_boot as (
    -- where the stay was last seen by the service's own eyes
    select participation_id, source, coalesce(bootid, '-') as bootid
    from (
        select
            participation_id,
            source,
            bootid,
            row_number() over (partition by participation_id order by source desc, seq desc) as nth_from_end
        from events
        where not coalesce(is_inferred, false)
    ) as seen
    where nth_from_end = 1
),
boot_end as (
    select source, coalesce(bootid, '-') as bootid, max(time) as ended_at
    from session_events
    group by source, coalesce(bootid, '-')
),
meeting_end as (
    select meeting_id, max(time) as ended_at, max(received_date) as received_date
    from session_events
    where type = 'dk.medvideo.meeting.ended.v1'
    group by meeting_id
),
connections as (
    select
        participation_id,
        transport,
        engine,
        connect_ms,
        row_number() over (partition by participation_id order by source, seq) as nth
    from events
    where type = 'dk.medvideo.participant.connected.v1'
),
closing as (
    -- the stay's `left`, when it is the last that is heard of it
    select participation_id, time as left_at, reason, coalesce(is_inferred, false) as is_inferred
    from events
    where type = 'dk.medvideo.participant.left.v1' and nth_from_end = 1
),
gathered as (
    select
        participation_id,
        max(actor_pseudonym) as actor,
        max(role) as role,
        min(case when type = 'dk.medvideo.participant.waiting.v1' then time end) as waiting_at,
        min(case when type = 'dk.medvideo.participant.connected.v1' then time end) as connected_at,
        max(time) as last_at,
        max(wait_ms) as wait_ms,
        count(case when type = 'dk.medvideo.participant.reconnected.v1' then 1 end) as reconnects,
        max(case quality_class when 'poor' then 3 when 'degraded' then 2 when 'good' then 1 when 'unknown' then 0 end)
            as quality_rank,
        max(received_date) as received_date
    from events
    group by participation_id
),
bounded as (
    select
        gathered.*,
        first_event.programme,
        first_event.source,
        first_event.short_id,
        first_event.meeting_id,
        connections.transport,
        connections.engine,
        connections.connect_ms,
        coalesce(end_reasons.code, closing.reason) as end_reason,
        closing.participation_id is null or closing.is_inferred as is_inferred_end,
        case
            when closing.participation_id is not null and not closing.is_inferred then closing.left_at
            else least(coalesce(closing.left_at, meeting_end.ended_at, boot_end.ended_at), boot_end.ended_at)
        end as closed_at,
        -- an end taken from the meeting's end is known only once that is
        case when closing.participation_id is null then meeting_end.received_date end as end_received_date
    from gathered
    inner join first_event on first_event.participation_id = gathered.participation_id
    left join closing on closing.participation_id = gathered.participation_id
    left join end_reasons on end_reasons.spelling = closing.reason
    left join connections on connections.participation_id = gathered.participation_id and connections.nth = 1
    left join meeting_end on meeting_end.meeting_id = first_event.meeting_id
    left join last_boot on last_boot.participation_id = gathered.participation_id
    left join boot_end on boot_end.source = last_boot.source and boot_end.bootid = last_boot.bootid
),
closed as (
    -- a clock set back must not give a stay of negative length
    select *, case when connected_at is not null then greatest(connected_at, coalesce(closed_at, last_at)) end as left_at
    from bounded
),
timed as (
    select
        closed.*,
        case
            when connected_at is null then 0
            else cast(floor((unix_millis(left_at) - unix_millis(connected_at) + 500) / 1000.0) as bigint)
        end as connected_s
    from closed
),
judged as (
    select
        timed.*,
        case
            when stay_quality.participation_id is null then timed.quality_rank
            when timed.connected_s < quality_limits.min_connected_s then 0
            else stay_quality.quality_rank
        end as judged_rank,
        case when timed.connected_s >= quality_limits.min_connected_s then stay_quality.quality_reason end
            as quality_reason,
        greatest(timed.received_date, coalesce(stay_quality.received_date, timed.received_date)) as last_received_date
    from timed
    left join stay_quality on stay_quality.participation_id = timed.participation_id
    cross join quality_limits
),
final as (
    select
        participation_id,
        programme,
        source,
        short_id,
        meeting_id,
        actor,
        role,
        connected_at,
        left_at,
        connected_s,
        cast(
            floor((coalesce(wait_ms, unix_millis(connected_at) - unix_millis(waiting_at)) + 500) / 1000.0) as bigint
        ) as wait_s,
        transport,
        engine,
        connect_ms,
        reconnects,
        case judged_rank when 3 then 'poor' when 2 then 'degraded' when 1 then 'good' when 0 then 'unknown' end
            as quality_class,
        quality_reason,
        end_reason,
        is_inferred_end,
        case when end_received_date > last_received_date then end_received_date else last_received_date end
            as received_date
    from judged
)
select * from final
