"""What new activities do to orders and daily facts: parts of a statement that has them as `fresh`."""

from segmentation.domain.activity import INTERACTIONS

_KINDS = ", ".join(str(int(kind)) for kind in sorted(INTERACTIONS))

# Refunds add up; of several payments of one order the first counts: so no order of arrival matters.
ORDERS = """
    insert into orders
        (tenant_id, source, reference, member_id, origin_id, group_id, paid_at, paid_minor, refunded_minor)
    select :tenant_id, source, order_reference, coalesce(p.member_id, r.member_id),
        case when p.member_id is null then r.origin_id else p.origin_id end, p.group_id, p.occurred_at,
        p.amount_minor, coalesce(r.refunded_minor, 0)
    from (
        select distinct on (source, order_reference) * from fresh where kind = 10
        order by source, order_reference, occurred_at, amount_minor, coalesce(origin_id, member_id)
    ) as p
    full join (
        select source, order_reference, (array_agg(member_id order by occurred_at))[1] as member_id,
            (array_agg(origin_id order by occurred_at))[1] as origin_id, -sum(amount_minor) as refunded_minor
        from fresh where kind = 11 group by source, order_reference
    ) as r using (source, order_reference)
    order by source, order_reference
    on conflict (tenant_id, source, reference) do update set
        refunded_minor = orders.refunded_minor + excluded.refunded_minor,
        (member_id, origin_id, group_id, paid_at, paid_minor) = (
            select it.*
            from (values (orders.member_id, orders.origin_id, orders.group_id, orders.paid_at,
                          orders.paid_minor),
                         (excluded.member_id, excluded.origin_id, excluded.group_id, excluded.paid_at,
                          excluded.paid_minor))
                 as it (member_id, origin_id, group_id, paid_at, paid_minor)
            order by paid_at nulls last, paid_minor, coalesce(origin_id, member_id) limit 1
        )
"""

FACTS = f"""
    insert into daily_facts (tenant_id, group_id, local_date, messages, interactions, clicks, shares, orders,
                             net_spend_minor)
    select :tenant_id, group_id, cast(occurred_at at time zone :zone as date),
        count(*) filter (where kind = 3), count(*) filter (where kind in ({_KINDS})),
        count(*) filter (where kind = 6), count(*) filter (where kind = 5), count(*) filter (where kind = 10),
        sum(amount_minor)
    from fresh where group_id is not null
    group by 2, 3 order by 2, 3
    on conflict (tenant_id, group_id, local_date) do update set
        messages = daily_facts.messages + excluded.messages,
        interactions = daily_facts.interactions + excluded.interactions,
        clicks = daily_facts.clicks + excluded.clicks,
        shares = daily_facts.shares + excluded.shares,
        orders = daily_facts.orders + excluded.orders,
        net_spend_minor = daily_facts.net_spend_minor + excluded.net_spend_minor
"""  # noqa: S608 constants only
