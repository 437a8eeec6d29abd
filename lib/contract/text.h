/* UTF-8 text: is it, where may it be cut, how long is it. Lengths are bytes unless code points are said. */
#ifndef CONTRACT_TEXT_H
#define CONTRACT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF. */
bool text_is_utf8(const char *text, size_t length);
/* The longest beginning of valid UTF-8 text that has at most `maximum` bytes and cuts no character. */
size_t text_cut(const char *text, size_t length, size_t maximum);
/* Code points of valid UTF-8. */
size_t text_code_points(const char *text, size_t length);
/* Whether valid UTF-8 text has a control character (Unicode's Cc) other than line feed and tab. */
bool text_has_control(const char *text, size_t length);

#endif
