-- what the tasks of a build are made of; temporary
-- one row a place of any kind, by the id that tasks keep
create or replace temp table task_place as
select
    'grid' as unit_kind,
    grid_id as unit_id,
    grid_idx as place_idx
from grid
union all
select
    level,
    code,
    area_idx
from area
union all
select
    'facility',
    facility_id,
    facility_idx
from facility
union all
select
    kind,
    unit_id,
    unit_idx
from unit;

-- one row a thing x day (or month) on which it was looked at: whether it had failed then; a case has
-- its failure as step 0 and its closing as step 1
create or replace temp table task_seen (
    task_id text not null,
    source_kind text not null,           -- ledger | indicator | rule
    source text not null,
    unit_kind text not null,
    unit_id text not null,
    item text,
    is_case boolean not null,            -- the file says how it stands now, whatever was known
    closed_on text,                      -- of a case that is closed, on all its steps
    step utinyint not null,
    seen_on text not null,               -- YYYY-MM-DD, YYYY-MM or YYYY
    fails boolean not null,
    value text,
    owner text,
    due_on text,                         -- YYYY-MM-DD
    due_days integer,                    -- after the failure, where no day is named
    row bigint,
    is_reported boolean not null         -- it failed, and somebody wrote a closing day
);
