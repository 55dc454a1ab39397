-- What the reference programme's log counts to: meetings, participations, logins and times, whole and broken down.
-- Reads: meetings, participations, logins, regions (region, server_from), all of one programme, cut at as_of;
-- region_codes (region); settings (as_of).
--
-- A stratum is a code, or '-' when the log does not say. Every region has its meetings held: 0 where its server stands
-- and nothing came of it, no value where it has no server yet.
with
engines as (
    -- a meeting that switched has several
    select
        meeting_id,
        case when min(engine) = max(engine) then min(engine) when max(engine) is not null then 'several' end as engine
    from participations
    where connected_at is not null
    group by meeting_id
),
all_meetings as (
    select
        case
            when meetings.is_held then 'meetings_held'
            when meetings.exclusion = 'test_call' then 'meetings_test_call'
            when meetings.exclusion = 'cancelled' then 'meetings_cancelled'
            else 'meetings_attempted'
        end as measure,
        meetings.region,
        meetings.mode,
        meetings.kind,
        engines.engine,
        meetings.exclusion,
        meetings.quality_class,
        meetings.quality_reason
    from meetings
    left join engines on engines.meeting_id = meetings.meeting_id
),
stays as (
    -- of the meetings that are no test calls
    select participations.*, meetings.region, meetings.mode, meetings.kind
    from participations
    inner join meetings on meetings.meeting_id = participations.meeting_id
    where not coalesce(meetings.is_test, false)
),
facts as (
    select measure, 'all' as stratum_by, 'all' as stratum from all_meetings
    union all
    select measure, 'region', coalesce(region, '-') from all_meetings
    union all
    select measure, 'mode', coalesce(mode, '-') from all_meetings
    union all
    select measure, 'kind', coalesce(kind, '-') from all_meetings
    union all
    select measure, 'engine', coalesce(engine, '-') from all_meetings
    union all
    select measure, 'exclusion', exclusion from all_meetings where measure = 'meetings_attempted'
    union all
    select measure, 'quality_class', coalesce(quality_class, '-') from all_meetings where measure = 'meetings_held'
    union all
    select measure, 'quality_reason', quality_reason from all_meetings
    where measure = 'meetings_held' and quality_reason is not null
    union all
    select 'participations', 'all', 'all' from stays where connected_at is not null
    union all
    select 'participations', 'engine', coalesce(engine, '-') from stays where connected_at is not null
    union all
    select 'participations', 'transport', coalesce(transport, '-') from stays where connected_at is not null
    union all
    select 'participations', 'quality_class', coalesce(quality_class, '-') from stays where connected_at is not null
    union all
    select 'participations', 'quality_reason', quality_reason from stays
    where connected_at is not null and quality_reason is not null
    union all
    select 'participations', 'end_reason', coalesce(end_reason, '-') from stays where connected_at is not null
    union all
    select case when is_successful then 'logins_succeeded' else 'logins_failed' end, 'all', 'all' from logins
    union all
    select case when is_successful then 'logins_succeeded' else 'logins_failed' end, 'method', coalesce(method, '-')
    from logins
    union all
    select 'logins_failed', 'reason', coalesce(reason, '-') from logins where not is_successful
),
counted as (
    select measure, stratum_by, stratum, count(*) as n from facts group by measure, stratum_by, stratum
),
whole as (
    -- what never happened is counted too, when the log is there
    select measures.measure, 'all' as stratum_by, 'all' as stratum
    from (
        select 'meetings_held' as measure
        union all
        select 'meetings_attempted'
        union all
        select 'meetings_cancelled'
        union all
        select 'meetings_test_call'
        union all
        select 'participations'
        union all
        select 'logins_succeeded'
        union all
        select 'logins_failed'
    ) as measures
    cross join (select count(*) as n from meetings) as there
    where there.n > 0
),
places as (
    select
        region_codes.region,
        coalesce(max(case when regions.server_from <= settings.as_of then 1 end), 0) = 1 as has_server
    from region_codes
    cross join settings
    left join regions on regions.region = region_codes.region
    group by region_codes.region
),
regional as (
    select
        'meetings_held' as measure,
        'region' as stratum_by,
        places.region as stratum,
        coalesce(counted.n, 0) as n,
        case when places.has_server or counted.n is not null then coalesce(counted.n, 0) end as value
    from places
    left join counted
        on counted.measure = 'meetings_held' and counted.stratum_by = 'region' and counted.stratum = places.region
    -- where nothing at all has been delivered there is nothing to tell
    where exists (select 1 from regions) or exists (select 1 from meetings)
),
counts as (
    select
        coalesce(counted.measure, whole.measure) as measure,
        coalesce(counted.stratum_by, whole.stratum_by) as stratum_by,
        coalesce(counted.stratum, whole.stratum) as stratum,
        coalesce(counted.n, 0) as n
    from counted
    full outer join whole
        on whole.measure = counted.measure
        and whole.stratum_by = counted.stratum_by
        and whole.stratum = counted.stratum
    where not exists (
        select 1 from regional
        where
            regional.measure = counted.measure
            and regional.stratum_by = counted.stratum_by
            and regional.stratum = counted.stratum
    )
),
times as (
    select 'wait_median' as measure, 's' as unit, 'all' as stratum_by, 'all' as stratum, wait_s as measured from stays
    union all
    select 'wait_median', 's', 'region', coalesce(region, '-'), wait_s from stays
    union all
    select 'wait_median', 's', 'mode', coalesce(mode, '-'), wait_s from stays
    union all
    select 'wait_median', 's', 'kind', coalesce(kind, '-'), wait_s from stays
    union all
    select 'connect_median', 'ms', 'all', 'all', connect_ms from stays
    union all
    select 'connect_median', 'ms', 'region', coalesce(region, '-'), connect_ms from stays
    union all
    select 'connect_median', 'ms', 'engine', coalesce(engine, '-'), connect_ms from stays where connected_at is not null
    union all
    select 'connect_median', 'ms', 'transport', coalesce(transport, '-'), connect_ms from stays
    where connected_at is not null
),
medians as (
    select
        measure,
        unit,
        stratum_by,
        stratum,
        count(measured) as n,
        percentile_cont(0.5) within group (order by measured) as value
    from times
    group by measure, unit, stratum_by, stratum
),
final as (
    select
        settings.as_of,
        results.measure,
        results.stratum_by,
        results.stratum,
        results.n,
        results.value,
        results.unit
    from (
        select measure, stratum_by, stratum, n, cast(n as decimal(18, 9)) as value, 'n' as unit from counts
        union all
        select measure, stratum_by, stratum, n, cast(value as decimal(18, 9)) as value, 'n' as unit from regional
        union all
        select measure, stratum_by, stratum, n, cast(value as decimal(18, 9)) as value, unit from medians
    ) as results
    cross join settings
)
select * from final
