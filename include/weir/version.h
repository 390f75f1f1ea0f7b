/* weir/version.h - the version, in one place: the program, the library and the install targets read it from here. */
#ifndef WEIR_VERSION_H
#define WEIR_VERSION_H

#define WEIR_VERSION "0.1.0"

#endif
