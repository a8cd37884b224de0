"""SQL: what buyers bought, one row per member and local day, as a model of purchases wants it."""

from sqlalchemy import text

from segmentation.adapters.tiers import PAID

_BOUGHT = f"{PAID} and paid_at <= :at"

COUNT = text(f"""
    select count(*) as buyers,
        count(*) filter (where cast(first_at at time zone :zone as date)
                               < cast(last_at at time zone :zone as date)) as repeat_buyers
    from (select min(paid_at) as first_at, max(paid_at) as last_at from orders where {_BOUGHT}
          group by member_id) as buyer
""")  # noqa: S608 constants only

HISTORIES = text(f"""
    with purchases as (
        select *, min(day) over (partition by member_id) as first_day
        from (
            select member_id, cast(paid_at at time zone :zone as date) as day, count(*) as orders,
                sum(paid_minor - refunded_minor) as net_minor
            from orders
            where {_BOUGHT} and member_id between :first and :last
            group by 1, 2
        ) as daily
    ), buyers as (
        select member_id,
            count(*) - 1 as repeats,
            max(day) - first_day as recency_days,
            cast(:today as date) - first_day as age_days,
            coalesce(avg(net_minor) filter (where day > first_day), 0) as repeat_value_minor,
            count(*) filter (where day <= :earlier) - 1 as earlier_repeats,
            max(day) filter (where day <= :earlier) - first_day as earlier_recency_days,
            cast(:earlier as date) - first_day as earlier_age_days,
            count(*) filter (where day > :earlier) as later_purchases,
            first_day <= :earlier as bought_earlier,
            sum(orders) as paid_orders, sum(net_minor) as net_minor
        from purchases group by member_id, first_day
    )
    select array_agg(member_id order by member_id) as member_ids,
        array_agg(repeats order by member_id) as repeats,
        array_agg(recency_days order by member_id) as recency_days,
        array_agg(age_days order by member_id) as age_days,
        array_agg(cast(repeat_value_minor as float8) order by member_id) as repeat_value_minor,
        array_agg(case when bought_earlier then earlier_repeats end order by member_id) as earlier_repeats,
        array_agg(earlier_recency_days order by member_id) as earlier_recency_days,
        array_agg(case when bought_earlier then earlier_age_days end order by member_id) as earlier_age_days,
        array_agg(case when bought_earlier then later_purchases else 0 end order by member_id)
            as later_purchases,
        array_agg(cast(paid_orders as integer) order by member_id) as paid_orders,
        array_agg(cast(net_minor as bigint) order by member_id) as net_spend_minor
    from buyers
""")  # noqa: S608 constants only
