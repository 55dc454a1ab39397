-- How many came to each step on the way from a practice, a booking, a card or a questionnaire to what is counted.
-- Reads: clinics, contacts, bookings, postcards, quarantined_cards, cards, responses.
with
clinic_counts as (
    select
        count(*) as enrolled,
        count(case when is_server_ready then 1 end) as server_ready,
        count(case when not is_active then 1 end) as stopped,
        count(case when is_active then 1 end) as active
    from clinics
),
all_meetings as (
    select exclusion from contacts
    union all
    -- a booking that never reached the log
    select
        case when bookings.is_test then 'test_call' when bookings.status = 'cancelled' then 'cancelled'
            else 'never_connected' end as exclusion
    from bookings
    left join contacts on contacts.short_id = bookings.short_id
    where contacts.meeting_id is null
),
meeting_counts as (
    select
        count(*) as booked,
        count(case when exclusion = 'test_call' then 1 end) as test_call,
        count(case when exclusion = 'cancelled' then 1 end) as cancelled,
        count(case when exclusion = 'never_connected' then 1 end) as never_connected,
        count(case when exclusion in ('single_participant', 'no_overlap', 'under_one_second') then 1 end) as attempted,
        count(case when exclusion is null then 1 end) as held
    from all_meetings
),
card_counts as (
    select
        count(*) as usable,
        count(case when short_id is null then 1 end) as without_booking,
        count(case when is_held then 1 end) as held
    from cards
),
delivered_cards as (
    select count(*) as delivered from postcards
),
quarantined as (
    select count(*) as quarantined from quarantined_cards
),
response_counts as (
    select count(*) as received, count(case when got_contact = 'yes' then 1 end) as connected from responses
),
final as (
    select 1 as step_order, 'practices_enrolled' as step, enrolled as n from clinic_counts
    union all
    select 2, 'practices_server_ready', server_ready from clinic_counts
    union all
    select 3, 'practices_stopped', stopped from clinic_counts
    union all
    select 4, 'practices_active', active from clinic_counts
    union all
    select 5, 'meetings_booked', booked from meeting_counts
    union all
    select 6, 'meetings_test_call', test_call from meeting_counts
    union all
    select 7, 'meetings_cancelled', cancelled from meeting_counts
    union all
    select 8, 'meetings_never_connected', never_connected from meeting_counts
    union all
    select 9, 'meetings_attempted', attempted from meeting_counts
    union all
    select 10, 'meetings_held', held from meeting_counts
    union all
    select 11, 'cards_received', delivered + quarantined from delivered_cards cross join quarantined
    union all
    select 12, 'cards_quarantined', quarantined from quarantined
    union all
    select 13, 'cards_superseded', delivered - usable from delivered_cards cross join card_counts
    union all
    select 14, 'cards_usable', usable from card_counts
    union all
    select 15, 'cards_without_booking', without_booking from card_counts
    union all
    select 16, 'cards_held', held from card_counts
    union all
    select 17, 'responses_received', received from response_counts
    union all
    select 18, 'responses_connected', connected from response_counts
)
select * from final
