#include "app/assets.hpp"

namespace greenroom::app {

std::span<const Asset> embedded_assets() { return {}; }

}  // namespace greenroom::app
