#ifndef BEATD_CSYSTEMD_SHIM_H
#define BEATD_CSYSTEMD_SHIM_H

#include <systemd/sd-event.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
#include <systemd/sd-bus.h>

#endif
