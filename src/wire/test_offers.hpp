// For tests: what real stacks offer, as they wrote it (also the seeds of their fuzz target).
#pragma once
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "base/assert.hpp"

namespace greenroom::wire {

inline std::string test_offer(const std::string& name) {
  std::ifstream file(std::filesystem::path(GREENROOM_SOURCE_DIR) / "fuzz/seeds/sdp_fuzz" / (name + ".sdp"),
                     std::ios::binary);
  GREENROOM_ASSERT(file.good());
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::map<std::string, std::string> test_offers() {
  std::map<std::string, std::string> offers;
  for (const auto* name : {"chromium", "chromium_simulcast", "chromium_watch", "firefox", "gstreamer",
                           "gstreamer_watch", "obs", "werift"}) {
    offers[name] = test_offer(name);
  }
  return offers;
}

}  // namespace greenroom::wire
