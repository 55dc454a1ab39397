-- Every unit of every interview, under every coder and every theme: coded or not. What agreement is computed from.
-- Reads: interview_units, interview_codings, interview_themes (theme).
with
coders as (
    select distinct coder from interview_codings
),
coded as (
    select distinct interview_group, unit, coder, theme from interview_codings
),
final as (
    select
        interview_units.interview_group,
        interview_units.unit,
        coders.coder,
        interview_themes.theme,
        coded.unit is not null as is_coded
    from interview_units
    cross join coders
    cross join interview_themes
    left join coded
        on coded.interview_group = interview_units.interview_group
        and coded.unit = interview_units.unit
        and coded.coder = coders.coder
        and coded.theme = interview_themes.theme
)
select * from final
