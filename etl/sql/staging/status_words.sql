-- one row per word that a ledger uses for the state of a facility
create or replace temp table status_word as
select
    unnest(words) as word,
    status
from (
    values
        ('open', ['open', 'active', '开放', '已开放', '营业', '营业中', '在用', '使用中', '正常', '启用']),
        ('open', ['运营', '运营中', '正常运营', '已建成', '已建', '现状']),
        ('closed', ['closed', '关闭', '已关闭', '停业', '停用', '歇业', '停运', '撤销', '注销']),
        ('closed', ['拆除', '已拆除', '废弃', '长期关闭', '暂停开放', '暂停使用', '闲置', '空置']),
        ('closed', ['出租', '已出租', '对外出租', '整体出租', '转租', '已转租', '外租', '租出', 'rented out']),
        ('closed', ['let', 'let out', 'leased out', 'sublet', 'subleased', 'rented', '已租出', '转让出租']),
        ('planned', ['planned', '规划', '规划中', '在建', '建设中', '拟建', '筹建', '待建', '未开放']),
        ('doubtful', ['doubtful', '存疑', '待核实', '疑似'])
) as lists (status, words);
