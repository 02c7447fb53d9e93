-- as_id(text) returns uuid
-- The id that a text is, or null where it is a name.
create or replace function plow.as_id(p_text text) returns uuid language sql immutable parallel safe as $$
  select case when p_text ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then p_text::uuid end
$$;
