-- One row per meeting of the session log. Here, and only here, stands what a held meeting is.
-- Reads: session_events, participations, settings (min_overlap_s).
--
-- A meeting is held when at least two different actors are connected at the same time for at least min_overlap_s
-- seconds (one) in all, and it is not a test call. Re-joins and second devices of one actor are one participant. A
-- room where nobody overlaps is an attempt. Its duration is the time in which two or more actors are connected; its
-- span reaches from the first join to the last leave. Times are whole milliseconds, lengths seconds rounded half up.
with
log as (
    select
        *,
        row_number() over (partition by meeting_id order by source, seq) as nth
    from session_events
    where meeting_id is not null
),
log_summary as (
    select
        meeting_id,
        min(programme) as programme,
        max(short_id) as short_id,
        min(time) as first_event_at,
        max(case when type = 'dk.medvideo.meeting.cancelled.v1' then 1 else 0 end) as is_cancelled,
        max(case when is_test then 1 else 0 end) as is_test,
        max(received_date) as received_date
    from log
    group by meeting_id
),
booked as (
    select *
    from (
        select log.*, row_number() over (partition by meeting_id order by source, seq) as nth_booked
        from log
        where type = 'dk.medvideo.meeting.booked.v1'
    ) as numbered
    where nth_booked = 1
),
changed as (
    select *
    from (
        select log.*, row_number() over (partition by meeting_id order by source desc, seq desc) as nth_from_end
        from log
        where type = 'dk.medvideo.meeting.changed.v1'
    ) as numbered
    where nth_from_end = 1
),

-- who is present when
stays as (
    select
        meeting_id,
        coalesce(actor, participation_id) as actor,
        unix_millis(connected_at) as from_ms,
        unix_millis(left_at) as to_ms
    from participations
    where connected_at is not null
),
device_steps as (
    select meeting_id, actor, from_ms as at_ms, 1 as step from stays
    union all
    select meeting_id, actor, to_ms as at_ms, -1 as step from stays
),
device_moments as (
    select meeting_id, actor, at_ms, sum(step) as step from device_steps group by meeting_id, actor, at_ms
),
devices as (
    select
        meeting_id,
        actor,
        at_ms,
        step,
        sum(step) over (
            partition by meeting_id, actor order by at_ms rows between unbounded preceding and current row
        ) as devices_on
    from device_moments
),
actor_steps as (
    -- an actor comes with the first device and goes with the last
    select
        meeting_id,
        at_ms,
        case
            when devices_on > 0 and devices_on - step = 0 then 1
            when devices_on = 0 and devices_on - step > 0 then -1
            else 0
        end as step
    from devices
),
actor_moments as (
    select meeting_id, at_ms, sum(step) as step from actor_steps group by meeting_id, at_ms
),
presence as (
    select
        meeting_id,
        at_ms,
        sum(step) over (
            partition by meeting_id order by at_ms rows between unbounded preceding and current row
        ) as actors_present,
        lead(at_ms) over (partition by meeting_id order by at_ms) as until_ms
    from actor_moments
),
together as (
    select
        meeting_id,
        max(actors_present) as max_parties,
        sum(case when actors_present >= 2 then until_ms - at_ms else 0 end) as together_ms,
        min(case when actors_present >= 2 then at_ms end) as together_from_ms
    from presence
    group by meeting_id
),
attendance as (
    select
        meeting_id,
        count(distinct coalesce(actor, participation_id)) as actors,
        min(connected_at) as first_joined_at,
        max(left_at) as last_left_at,
        min(programme) as programme,
        max(short_id) as short_id,
        max(case quality_class when 'poor' then 3 when 'degraded' then 2 when 'good' then 1 when 'unknown' then 0 end)
            as quality_rank,
        max(received_date) as received_date
    from participations
    where connected_at is not null
    group by meeting_id
),
worst_stay as (
    select meeting_id, quality_reason
    from (
        select
            meeting_id,
            quality_reason,
            row_number() over (
                partition by meeting_id
                order by
                    case quality_class when 'poor' then 3 when 'degraded' then 2 when 'good' then 1 else 0 end desc,
                    case when quality_reason is null then 1 else 0 end,
                    connected_s desc,
                    participation_id
            ) as nth
        from participations
        where connected_at is not null
    ) as numbered
    where nth = 1
),
first_together as (
    -- the moment itself, not its milliseconds: the join that made them two
    select together.meeting_id, min(participations.connected_at) as started_at
    from together
    inner join participations
        on participations.meeting_id = together.meeting_id
        and unix_millis(participations.connected_at) = together.together_from_ms
    group by together.meeting_id
),

gathered as (
    select
        log_summary.meeting_id,
        log_summary.programme,
        coalesce(booked.short_id, log_summary.short_id) as short_id,
        coalesce(changed.region, booked.region) as region,
        coalesce(changed.kind, booked.kind) as kind,
        coalesce(changed.mode, booked.mode) as mode,
        coalesce(changed.use_type, booked.use_type) as use_type,
        coalesce(changed.starts_at, booked.starts_at) as booked_start,
        log_summary.is_test = 1 as is_test,
        log_summary.is_cancelled = 1 as is_cancelled,
        coalesce(
            first_together.started_at,
            attendance.first_joined_at,
            changed.starts_at,
            booked.starts_at,
            log_summary.first_event_at
        ) as started_at,
        coalesce(attendance.actors, 0) as actors,
        cast(coalesce(together.max_parties, 0) as bigint) as max_parties,
        cast(coalesce(together.together_ms, 0) as bigint) as together_ms,
        coalesce(unix_millis(attendance.last_left_at) - unix_millis(attendance.first_joined_at), 0) as span_ms,
        attendance.quality_rank,
        worst_stay.quality_reason,
        log_summary.received_date
    from log_summary
    left join booked on booked.meeting_id = log_summary.meeting_id
    left join changed on changed.meeting_id = log_summary.meeting_id
    left join attendance on attendance.meeting_id = log_summary.meeting_id
    left join worst_stay on worst_stay.meeting_id = log_summary.meeting_id
    left join together on together.meeting_id = log_summary.meeting_id
    left join first_together on first_together.meeting_id = log_summary.meeting_id
),
judged as (
    select
        gathered.*,
        case
            when gathered.is_test then 'test_call'
            when gathered.together_ms >= settings.min_overlap_s * 1000 then null
            when gathered.is_cancelled then 'cancelled'
            when gathered.actors = 0 then 'never_connected'
            when gathered.actors = 1 then 'single_participant'
            when gathered.together_ms = 0 then 'no_overlap'
            else 'under_one_second'
        end as exclusion
    from gathered
    cross join settings
),
final as (
    select
        meeting_id,
        programme,
        short_id,
        region,
        kind,
        mode,
        use_type,
        is_test,
        booked_start,
        started_at,
        cast(from_utc_timestamp(started_at, 'Europe/Copenhagen') as date) as meeting_date,
        actors,
        max_parties,
        cast(floor((together_ms + 500) / 1000.0) as bigint) as duration_s,
        cast(floor((span_ms + 500) / 1000.0) as bigint) as span_s,
        exclusion is null as is_held,
        exclusion,
        case quality_rank when 3 then 'poor' when 2 then 'degraded' when 1 then 'good' when 0 then 'unknown' end
            as quality_class,
        quality_reason,
        received_date
    from judged
)
select * from final
