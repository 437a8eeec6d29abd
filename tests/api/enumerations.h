/* Whether people can read every word of the contract: an enumeration names its list of reference data. */
#ifndef API_ENUMERATIONS_H
#define API_ENUMERATIONS_H

#include "scene.h"

/* An enumeration of two words or more either names a list that has exactly its words, or is a part of one that does; every
 * list but those of forces, machines and lists is named by some enumeration. What is not so becomes a finding. */
void enumerations_check(struct scene *scene, struct findings *findings);

#endif
