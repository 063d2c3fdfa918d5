/* UriConfig.h: what uriparser's own build would write. Nothing in it: reallocarray is not
 * everywhere. */
