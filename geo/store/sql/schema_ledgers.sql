-- The tables of a release that come from ledgers, after those of schema.sql.

-- one row a further place: an estate, a committee, a management cell ...; a ledger may be kept by it
create table unit (
    unit_idx integer not null,           -- kind by kind, then by district, street, community, unit_id
    kind text not null,                  -- estate | committee | the city's own word in small letters
    unit_id text not null,               -- code, else the path of names; unique within its kind
    name text not null,
    grid_idx integer,                    -- the one grid it lies in; null where several share it
    community_idx integer,               -- area_idx that has the largest share of it; null: none, or a tie
    street_idx integer,
    district_idx integer,
    street_share double,                 -- of its area in street_idx; null for a point
    is_tied boolean not null,            -- two streets have the same share: a person decides
    people_milli bigint,
    households_milli bigint,
    area_dm2 bigint,                     -- null for a point, and without a place on the map
    lon double,                          -- a point inside; null without a place on the map
    lat double,
    geom geometry,                       -- null for a point
    attributes text not null             -- JSON of the other columns
);

-- one row a kind of further place that the release has
create table unit_kind (
    kind text not null,
    zh text not null,
    en text not null
);

-- one row a table keyed by a place
create table ledger (
    ledger_idx integer not null,
    name text not null,
    unit text not null,                  -- what its rows speak of: grid | community | street | district | city | facility | a kind of unit
    grain text not null,                 -- unit | unit+period | event
    path text not null,
    rows integer not null,               -- those that found their place
    fails text                           -- the condition under which a row is a task, as written; null: none is, or a row is a case
);

-- one row a row of a ledger that found its place
create table ledger_row (
    ledger_idx integer not null,
    row bigint not null,                 -- row of the file as a person counts it
    place_idx integer not null,          -- grid_idx, area_idx, facility_idx or unit_idx, by the unit of the ledger
    period text,                         -- YYYY-MM or YYYY; null where the ledger has none
    date_on text,                        -- YYYY-MM-DD
    item text,
    value text,                          -- as written
    owner text,
    due_on text,
    closed_on text
);

-- one row a thing worked out of a ledger
create table indicator (
    indicator_idx integer not null,
    id text not null,
    zh text not null,
    en text not null,
    ledger_idx integer not null,
    formula text not null,               -- as written; the language of geo.formula
    unit text not null,
    is_share boolean not null,           -- value = numerator / denominator
    is_high_better boolean not null,
    floor integer not null,              -- counts under it are withheld; 0: none is
    grp text,                            -- facet group
    owner_role text,
    source text                          -- document and clause
);

-- one row an indicator x year with a target
create table indicator_target (
    indicator_idx integer not null,
    year integer not null,
    target double not null
);

-- one row an indicator x place x period with a row in its ledger; parents are worked out of the same rows
create table indicator_value (
    indicator_idx integer not null,
    level text not null,                 -- grid | community | street | district | city | facility | a kind of unit
    place_idx integer not null,          -- grid_idx, area_idx, facility_idx or unit_idx
    period text,
    numerator double,                    -- null where no row has every cell that the formula needs
    denominator double,                  -- null too where the indicator is no share
    n_rows bigint,                       -- null where withheld
    is_withheld boolean not null,        -- a small count, or one from which a small count would follow
    is_over boolean not null             -- a row of this very place makes a percentage of more than 100
);

-- one row an indicator x area x period that this release or an earlier one knew; earlier ones are carried forward
create table indicator_history (
    id text not null,                    -- of the indicator
    area_code text not null,
    period text not null,
    numerator double,
    denominator double,
    is_withheld boolean not null,
    formula text not null                -- a change breaks the line
);

-- one row a thing to be done: an item that failed, with an owner or a day by which it is due
create table task (
    task_id text not null,               -- 12 hex digits of source, place and item: the same in every release
    source_kind text not null,           -- ledger | indicator | rule
    source text not null,                -- name of the ledger, id of the indicator, pack:rule
    unit_kind text not null,
    unit_id text not null,
    place_idx integer,                   -- null where the release no longer has the place
    item text,
    owner text,                          -- an office or a role; a resident's name is masked
    due_on text,                         -- YYYY-MM-DD
    state text not null,                 -- open | overdue | closed, at the end of the month of the data
    is_reported_done boolean not null,   -- somebody wrote a closing day, but no pass is shown yet
    reopened integer not null,           -- how often it came back after a pass
    opened_release text,                 -- null: this release
    opened_month text not null,
    closed_release text,                 -- null: this release, or not closed
    closed_month text,                   -- null: not closed
    failed_value text,                   -- the evidence: what was found,
    failed_on text,
    failed_row bigint,
    passed_value text,                   -- and what was found later
    passed_on text,
    passed_row bigint
);

-- one row a duty x day by which it falls due, a year back and a year ahead
create table duty (
    duty_id text not null,
    zh text not null,
    en text not null,
    due_on text not null,                -- YYYY-MM-DD
    period text,                         -- what it is for: YYYY-MM, YYYY-Qn, YYYY-Hn, YYYY, YYYY-Wnn
    owner text,
    source text,                         -- document and clause
    ledger_idx integer,                  -- what shows that it was done; null: nothing does
    expected integer,                    -- places that must show it
    counted integer,                     -- places that do; null where nothing shows it
    state text not null                  -- done | missed | due | unknown
);
