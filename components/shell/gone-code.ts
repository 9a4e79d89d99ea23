// Whether a page failed because the server was updated under it and no longer has its code. Pure; called by the route's error page.

/** The words are those of Next's loaders and of the browsers for a script or module that could not be fetched. */
const gone =
  /failed to load chunk|loading (css )?chunk .+ failed|ChunkLoadError|failed to fetch dynamically imported module|error loading dynamically imported module|importing a module script failed/i;

export const isGoneCode = ({ name, message }: { name: string; message: string }): boolean =>
  gone.test(`${name} ${message}`);
