-- one row per word that a ledger uses for the state of a facility
create or replace temp table status_word as
select word, status
from (
    values
        ('open', 'open'), ('开放', 'open'), ('营业', 'open'), ('营业中', 'open'), ('在用', 'open'), ('正常', 'open'),
        ('运营', 'open'), ('运营中', 'open'), ('已建成', 'open'), ('已建', 'open'), ('现状', 'open'), ('启用', 'open'),
        ('使用中', 'open'), ('已开放', 'open'), ('正常运营', 'open'), ('active', 'open'),
        ('closed', 'closed'), ('关闭', 'closed'), ('已关闭', 'closed'), ('停业', 'closed'), ('停用', 'closed'), ('歇业', 'closed'),
        ('停运', 'closed'), ('拆除', 'closed'), ('已拆除', 'closed'), ('废弃', 'closed'), ('撤销', 'closed'), ('注销', 'closed'),
        ('planned', 'planned'), ('规划', 'planned'), ('规划中', 'planned'), ('在建', 'planned'), ('拟建', 'planned'), ('筹建', 'planned'),
        ('待建', 'planned'), ('建设中', 'planned'), ('未开放', 'planned'),
        ('doubtful', 'doubtful'), ('存疑', 'doubtful'), ('待核实', 'doubtful'), ('疑似', 'doubtful')
) as words (word, status);
