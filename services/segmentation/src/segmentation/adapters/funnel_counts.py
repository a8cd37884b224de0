"""Members on their way from a post to an order, in one statement."""

from sqlalchemy import text

from segmentation.domain.activity import ActivityKind as Kind

FUNNEL = text(f"""
    with asked as (
        select distinct unnest(cast(:group_ids as uuid[])) as group_id
        union all
        select group_id from groups where cardinality(cast(:group_ids as uuid[])) = 0
    ), posts as (
        select group_id, array_agg(delivered_at order by delivered_at) as at
        from deliveries join asked using (group_id)
        where delivered_at >= :starts_at and delivered_at < :ends_at
          and (cast(:post_id as uuid) is null or post_id = :post_id)
        group by group_id
    ), reached as (
        select distinct member_id from memberships join posts using (group_id)
        where joined_at < :ends_at and (left_at is null or left_at >= :starts_at)
          and width_bucket(joined_at - interval '1 microsecond', at)
            < coalesce(width_bucket(left_at - interval '1 microsecond', at), cardinality(at))
    ), acts as (
        select member_id, kind, post_id, campaign_id from activities join asked using (group_id)
        where kind in ({Kind.CLICK:d}, {Kind.ORDER_PAID:d})
          and occurred_at >= :starts_at and occurred_at < :ends_at
    ), clicked as (
        select distinct member_id from acts join reached using (member_id)
        where kind = {Kind.CLICK:d} and (cast(:post_id as uuid) is null or post_id = cast(:post_id as text))
          and (cast(:campaign_id as text) is null or campaign_id = :campaign_id)
    ), ordered as (
        select distinct member_id from acts join clicked using (member_id)
        where kind = {Kind.ORDER_PAID:d}
          and (cast(:post_id as uuid) is null or coalesce(post_id, '') in ('', cast(:post_id as text)))
          and (cast(:campaign_id as text) is null or coalesce(campaign_id, '') in ('', :campaign_id))
    )
    select (select count(*) from reached) as reached, (select count(*) from clicked) as clicked,
        (select count(*) from ordered) as ordered
""")  # noqa: S608 constants only
