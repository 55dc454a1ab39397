-- Which clinic a practice number stood for on a day, by the register's validity: a clinic keeps its id when its number
-- changes. A number used outside its validity is placed by its latest row.
-- Reads: usable_cards, meetings, bookings, practices.
with
wanted as (
    select practice, meeting_date from usable_cards
    union
    select bookings.practice, meetings.meeting_date
    from meetings
    inner join bookings on bookings.short_id = meetings.short_id
),
candidates as (
    select
        wanted.practice,
        wanted.meeting_date,
        practices.clinic_id,
        practices.region,
        practices.practice_type,
        row_number() over (
            partition by wanted.practice, wanted.meeting_date
            order by
                case
                    when practices.valid_from <= wanted.meeting_date
                        and (practices.valid_to is null or practices.valid_to >= wanted.meeting_date) then 0
                    else 1
                end,
                practices.valid_from desc
        ) as nth
    from wanted
    inner join practices on practices.practice = wanted.practice
),
final as (
    select practice, meeting_date, clinic_id, region, practice_type from candidates where nth = 1
)
select * from final
