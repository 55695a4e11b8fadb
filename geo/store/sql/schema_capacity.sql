-- The tables of a release that tell whether a service is enough, after those of schema.sql.

-- one row a category with a norm: how much of it people need; the catalogue's or the city's own
create table norm (
    category_idx smallint not null,
    floor_m2_min integer,                -- floor area of one site; null: none is set
    need_per_1000 double,                -- units of capacity per 1,000 people; null: none is set
    need_of text not null                -- people | elderly | children: of whom
);

-- one row a category with capacity x mode x method x grid, 15 minutes at the default speed, neighbours counted
create table capacity (
    category_idx smallint not null,
    mode utinyint not null,
    method text not null,                -- 2sfca | e2sfca_gauss | e2sfca_step | assignment
    grid_idx integer not null,
    access double                        -- units of capacity per person; of an assignment, the share that is served; null: people unknown
);

-- one row an open facility x mode: who hangs on it within 15 minutes at the default speed
create table facility_use (
    facility_idx integer not null,
    mode utinyint not null,
    served_milli bigint not null,        -- people who can reach it
    sole_milli bigint not null,          -- of them, those who can reach no other of its category
    ratio double,                        -- units of capacity per person who can reach it; null: capacity unknown, or nobody
    load_milli bigint                    -- units that are taken when everybody goes to the nearest with room; null: no norm
);

-- one row a category x grid with a facility of doubtful state that would be in reach if it were open
create table doubtful (
    category_idx smallint not null,
    grid_idx integer not null,
    facility_idx integer not null,       -- the nearest of them
    line_dm integer not null             -- from the inner point of the grid
);
