// Who comes to the realtime server, and what they may: asked of people and of the studio. The answers are given on the
// blocking pool; who entered and who left is told to the studio in that order (`facts`). All three outlive it.
#pragma once
#include "api/realtime/server.hpp"
#include "app/serial_work.hpp"
#include "people/people.hpp"
#include "studio/studio.hpp"

namespace greenroom::app {

struct DoormanDependencies {
  people::People& people;
  studio::Studio& studio;
  SerialWork& facts;
};
api::realtime::Doorman make_doorman(DoormanDependencies deps);

}  // namespace greenroom::app
