-- One row per enrolled clinic: whether it is still active, since when its region's server stood, how long it could have
-- used it, and how much it did. Whether a clinic that stopped ever met is unknown and is not filled in.
-- Reads: practices, dropout_reasons, regions, clinic_exposure, contacts, settings (as_of).
with
register as (
    select
        *,
        row_number() over (partition by clinic_id order by valid_from desc, practice) as nth_from_latest,
        min(enrolled_date) over (partition by clinic_id) as first_enrolled_date
    from practices
),
enrolled as (
    select
        register.clinic_id,
        register.region,
        register.practice_type,
        register.first_enrolled_date as enrolled_date,
        dropout_reasons.reason as dropout_reason,
        dropout_reasons.stopped_date,
        regions.server_from
    from register
    left join dropout_reasons on dropout_reasons.clinic_id = register.clinic_id
    left join regions on regions.region = register.region
    where register.nth_from_latest = 1
),
exposure_bounds as (
    -- both days of a period count; before the server was ready nothing does
    select
        clinic_exposure.clinic_id,
        greatest(
            clinic_exposure.exposed_from, coalesce(clinic_exposure.server_ready_from, enrolled.server_from)
        ) as first_day,
        least(
            coalesce(clinic_exposure.exposed_to, settings.as_of),
            coalesce(enrolled.stopped_date, settings.as_of),
            settings.as_of
        ) as last_day,
        coalesce(clinic_exposure.server_ready_from, enrolled.server_from) as server_ready_from
    from clinic_exposure
    inner join enrolled on enrolled.clinic_id = clinic_exposure.clinic_id
    cross join settings
),
exposure as (
    select
        clinic_id,
        sum(
            case
                when server_ready_from is null or last_day < first_day then 0
                else unix_date(last_day) - unix_date(first_day) + 1
            end
        ) as days
    from exposure_bounds
    group by clinic_id
),
held as (
    select
        clinic_id,
        meeting_date,
        row_number() over (partition by clinic_id order by meeting_date, meeting_id) as nth
    from contacts
    where is_held and clinic_id is not null
),
use_of_clinic as (
    select
        clinic_id,
        count(*) as meetings_held,
        min(meeting_date) as first_meeting_date,
        min(case when nth = 3 then meeting_date end) as third_meeting_date
    from held
    group by clinic_id
),
final as (
    select
        enrolled.clinic_id,
        enrolled.region,
        enrolled.practice_type,
        enrolled.enrolled_date,
        enrolled.stopped_date is null as is_active,
        enrolled.dropout_reason,
        enrolled.server_from,
        coalesce(enrolled.server_from <= settings.as_of, false) as is_server_ready,
        -- a month is 30.4375 days, 487 sixteenths of a day
        cast(cast(exposure.days as decimal(18, 0)) * 16 / 487.0 as decimal(18, 9)) as active_months,
        case when enrolled.stopped_date is null then coalesce(use_of_clinic.meetings_held, 0) end as meetings_held,
        case when enrolled.stopped_date is null then use_of_clinic.first_meeting_date end as first_meeting_date,
        case when enrolled.stopped_date is null then use_of_clinic.third_meeting_date end as third_meeting_date
    from enrolled
    left join exposure on exposure.clinic_id = enrolled.clinic_id
    left join use_of_clinic on use_of_clinic.clinic_id = enrolled.clinic_id
    cross join settings
)
select * from final
