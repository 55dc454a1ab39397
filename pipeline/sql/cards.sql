-- The usable cards with the clinic they come from and whether the log knows their meeting, held or attempted.
-- Reads: usable_cards, placements, contacts.
with
known_meetings as (
    select
        short_id,
        max(kind) as kind,
        max(use_type) as use_type,
        max(case when exclusion in ('test_call', 'cancelled') then 0 else 1 end) as has_meeting
    from contacts
    where short_id is not null
    group by short_id
),
final as (
    select
        usable_cards.card_id,
        usable_cards.short_id,
        coalesce(known_meetings.has_meeting, 0) = 1 as has_meeting,
        placements.clinic_id,
        coalesce(placements.region, usable_cards.region) as region,
        placements.practice_type,
        coalesce(usable_cards.kind, known_meetings.kind) as kind,
        coalesce(usable_cards.use_type, known_meetings.use_type) as use_type,
        usable_cards.meeting_date,
        usable_cards.is_held,
        usable_cards.not_held_reason,
        usable_cards.picture_and_sound,
        usable_cards.longer_than_usual,
        usable_cards.replaced
    from usable_cards
    left join known_meetings on known_meetings.short_id = usable_cards.short_id
    left join placements
        on placements.practice = usable_cards.practice
        and placements.meeting_date = usable_cards.meeting_date
)
select * from final
