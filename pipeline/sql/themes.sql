-- How many units of an interview a coder gave a theme, none included: a theme nobody gave is an observed zero.
-- Reads: coded_units.
with
final as (
    select
        interview_group,
        theme,
        coder,
        cast(sum(case when is_coded then 1 else 0 end) as bigint) as units_coded
    from coded_units
    group by interview_group, theme, coder
)
select * from final
