-- one row per word that a ledger uses for whether the public may use a facility
create or replace temp table sharing_word as
select
    unnest(words) as word,
    is_shared
from (
    values
        (true, ['是', '对外开放', '开放', '全部开放', '全面开放', '已开放', '免费开放', '向居民开放', '面向公众']),
        (true, ['错时', '错时开放', '分时开放', '定时开放', '限时开放', '预约开放', '共享', '√']),
        (true, ['yes', 'y', 'true', 'open', 'public', 'shared', '1']),
        (false, ['否', '不', '不开放', '不对外开放', '不对外', '未开放', '暂不开放', '未对外开放']),
        (false, ['内部', '内部使用', '仅内部', '仅限内部', '仅对内', '仅供内部使用', '×']),
        (false, ['no', 'n', 'false', 'closed', 'private', 'internal', 'customers', '0'])
) as lists (is_shared, words);

-- a state or tenure by which somebody else uses the place; `租用` is the opposite and not among them
create or replace temp macro is_rented_out(cell) as coalesce(
    list_has_any(
        regexp_split_to_array(lower(text_of(cell)), '[、，,;；/（）()]+'),
        [
            '出租', '已出租', '对外出租', '整体出租', '转租', '已转租', '外租', '租出', '已租出', '转让出租',
            'rented out', 'let', 'let out', 'leased out', 'sublet', 'subleased', 'rented'
        ]
    ),
    false
);
