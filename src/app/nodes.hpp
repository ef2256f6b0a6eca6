// The processes of one installation, as far as app has to do with them (ADR 20). Blocking; called at start and on the
// blocking pool.
#pragma once
#include "base/log.hpp"
#include "bus/bus.hpp"
#include "studio/studio.hpp"

namespace greenroom::app {

// Says that this process is there and waits until it reaches the others. Without them it starts all the same.
void announce_node(bus::Bus& bus, base::LogSink& log);

// Tells the studio who is there, so that it ends what the dead have left. Nothing while the others are not reached.
base::Status recover_from_dead_nodes(bus::Bus& bus, studio::Studio& studio);

}  // namespace greenroom::app
