#ifndef BEATD_CYAML_SHIM_H
#define BEATD_CYAML_SHIM_H

#include <yaml.h>

#endif
