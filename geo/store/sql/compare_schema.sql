-- The tables of a comparison of two releases: derived from both, no content of either.
-- Units as in schema.sql; a basis is milli, area is dm2.

-- one row: what was compared, by which tables of this program
create table comparison (
    version integer not null,            -- geo.store.changes.VERSION of the program that wrote it
    old_release text not null,
    new_release text not null,
    old_month text not null,
    new_month text not null,
    old_has_network boolean not null,
    new_has_network boolean not null,
    whole text,                          -- null: replayed; schema | crs: the whole change stands under rules
    made_at text not null,               -- ISO 8601, UTC
    seconds double not null
);

-- one row a step, in the order of the replay
create table step (
    idx utinyint not null,
    name text not null,                  -- rules | streets | grids | corrections | closed | opened | opened_undated | people
    did_change boolean not null          -- whether anything of it differs between the two months
);

-- one row a step x category x mode x area x minute in which the step changed something: increments by minute at the
-- default speed, as area_profile; areas are those of either month
create table change (
    step utinyint not null,
    category text not null,
    mode utinyint not null,
    area_code text not null,
    minute utinyint not null,
    people bigint not null,
    households bigint not null,
    elderly bigint not null,
    children bigint not null,
    area bigint not null
);

-- one row an area x step after which it holds something else; step -1 is the old release. Null: unknown, or the area
-- is not there
create table denominator (
    step tinyint not null,
    area_code text not null,
    people bigint,
    households bigint,
    elderly bigint,
    children bigint,
    area bigint
);

-- one row a facility or grid that is not what it was
create table difference (
    difference_idx integer not null,
    kind text not null,                  -- corrected | moved (> 50 m) | closed | opened | opened_undated | grid_added | grid_removed | grid_split
                                         -- | grid_merged | grid_reshaped | grid_people
    what text not null,                  -- facility | grid
    id text not null,
    name text not null,
    category text,                       -- of a facility, as it is now or was last
    lon double not null,
    lat double not null,
    metres double,                       -- how far a facility moved
    before text,                         -- status and category of a facility, people (milli) of a grid; null: was not there
    after text,
    detail text not null,                -- what differs, or the parts of a grid, separated by commas
    dated text,                          -- the day a facility opened or closed, as the file says it
    served_milli bigint,                 -- people whose nearest one it is within 15 minutes, before or now
    street text,                         -- codes of the areas around it in the new release; null outside all grids
    district text,
    community text
);
