-- Shapes and their areas.
CREATE TABLE circles (
    id INTEGER PRIMARY KEY,
    radius REAL NOT NULL,
    label TEXT DEFAULT 'none'
);

/* The large ones. */
CREATE VIEW large_circles AS
SELECT id, radius FROM circles WHERE radius > 10;

CREATE INDEX by_radius ON circles (radius);

CREATE FUNCTION area(r REAL) RETURNS REAL AS $$
    SELECT 3.14 * r * r;
$$ LANGUAGE sql;

INSERT INTO circles (id, radius) VALUES (1, 2.5);

SELECT c.id, count(*) AS n
FROM circles AS c
JOIN owners o ON o.circle = c.id
WHERE c.label = 'it''s'
GROUP BY c.id;
