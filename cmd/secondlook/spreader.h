/* The spreader: who has seen which version of what, from the lines of looks. */
#ifndef SPREADER_H
#define SPREADER_H

#include "elected.h"

/* A duty in the sequencer's process, on a connection of its own. */
const struct elected_duty *spreader_duty(void);

#endif
