-- The usable cards: of several that name one meeting the one received last; a card that names none counts as it is.
-- Reads: postcards.
with
numbered as (
    select
        *,
        row_number() over (
            partition by coalesce(short_id, card_id), case when short_id is null then 0 else 1 end
            order by received_date desc, source_file desc, source_row desc, card_id desc
        ) as nth_from_latest
    from postcards
),
final as (
    select
        card_id,
        short_id,
        practice,
        region,
        meeting_date,
        is_held,
        not_held_reason,
        picture_and_sound,
        longer_than_usual,
        kind,
        use_type,
        replaced
    from numbered
    where nth_from_latest = 1
)
select * from final
