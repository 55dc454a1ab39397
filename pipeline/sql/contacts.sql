-- One row per meeting of the log, with the clinic that booked it and the card that tells of it. Log and booking are
-- joined by the meeting's short id; what the log does not say is taken from the booking.
-- Reads: meetings, participations, bookings, placements, usable_cards.
with
quality as (
    select meeting_id, sum(reconnects) as reconnects, max(wait_s) as wait_s
    from participations
    group by meeting_id
),
numbered as (
    -- a card tells of one meeting, the held one where a booking led to two
    select
        *,
        row_number() over (
            partition by short_id order by case when is_held then 0 else 1 end, started_at, meeting_id
        ) as nth_of_booking
    from meetings
),
final as (
    select
        numbered.meeting_id,
        numbered.short_id,
        placements.clinic_id,
        bookings.practice,
        coalesce(placements.region, bookings.region, numbered.region) as region,
        placements.practice_type,
        coalesce(numbered.kind, bookings.kind) as kind,
        coalesce(numbered.mode, bookings.mode) as mode,
        coalesce(numbered.use_type, bookings.use_type) as use_type,
        bookings.booked_by,
        numbered.meeting_date,
        numbered.is_held,
        numbered.exclusion,
        numbered.duration_s,
        numbered.actors,
        numbered.quality_class,
        cast(quality.reconnects as bigint) as reconnects,
        quality.wait_s,
        usable_cards.card_id is not null as has_card,
        usable_cards.card_id
    from numbered
    left join quality on quality.meeting_id = numbered.meeting_id
    left join bookings on bookings.short_id = numbered.short_id
    left join placements
        on placements.practice = bookings.practice
        and placements.meeting_date = numbered.meeting_date
    left join usable_cards
        on usable_cards.short_id = numbered.short_id
        and numbered.nth_of_booking = 1
)
select * from final
