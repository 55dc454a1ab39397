-- One row per login that succeeded or failed; attempts given up on the way are in the log alone.
-- Reads: session_events, end_reasons (spelling, code).
with
final as (
    select
        session_events.programme,
        session_events.source,
        session_events.seq,
        session_events.meeting_id,
        session_events.time as occurred_at,
        session_events.method,
        session_events.loa,
        session_events.relation,
        session_events.type = 'dk.medvideo.auth.succeeded.v1' as is_successful,
        coalesce(end_reasons.code, session_events.reason) as reason,
        session_events.received_date
    from session_events
    left join end_reasons on end_reasons.spelling = session_events.reason
    where session_events.type in ('dk.medvideo.auth.succeeded.v1', 'dk.medvideo.auth.failed.v1')
)
select * from final
