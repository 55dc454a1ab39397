-- The questionnaires without free text and respondent, and whether "none" is ticked together with something.
-- Reads: questionnaires.
with
final as (
    select
        response_id,
        region,
        answered_date,
        got_contact,
        picture,
        sound,
        other_problems,
        easy_to_use,
        had_help,
        time_preparing,
        time_waiting,
        time_talking,
        adv_none,
        adv_saves_travel_time,
        adv_saves_travel_money,
        adv_less_time_off_work,
        adv_avoids_physical_strain,
        adv_safer_at_home,
        adv_other,
        dis_none,
        dis_too_impersonal,
        dis_hard_to_follow,
        dis_technology_too_cumbersome,
        dis_doctor_understands_less,
        dis_other,
        would_recommend,
        would_use_again,
        coalesce(
            adv_none
            and (
                coalesce(adv_saves_travel_time, false)
                or coalesce(adv_saves_travel_money, false)
                or coalesce(adv_less_time_off_work, false)
                or coalesce(adv_avoids_physical_strain, false)
                or coalesce(adv_safer_at_home, false)
                or coalesce(adv_other, false)
            ),
            false
        )
        or coalesce(
            dis_none
            and (
                coalesce(dis_too_impersonal, false)
                or coalesce(dis_hard_to_follow, false)
                or coalesce(dis_technology_too_cumbersome, false)
                or coalesce(dis_doctor_understands_less, false)
                or coalesce(dis_other, false)
            ),
            false
        ) as is_contradictory
    from questionnaires
)
select * from final
