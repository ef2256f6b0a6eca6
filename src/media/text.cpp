#include "media/text.hpp"

extern "C" {
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavutil/frame.h>
#include <libavutil/opt.h>
}

#include <filesystem>

#include "media/detail/av.hpp"

namespace greenroom::media {
namespace {

constexpr const char* font = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";

AVFilterContext* add_filter(AVFilterGraph& graph, const char* name, const std::string& arguments) {
  AVFilterContext* context = nullptr;
  const AVFilter* filter = avfilter_get_by_name(name);
  if (!filter || avfilter_graph_create_filter(&context, filter, name, arguments.c_str(), nullptr, &graph) < 0)
    return nullptr;
  return context;
}

// The words go in as an option's value, not as part of a filter description: nothing in a name can be a command.
AVFilterContext* add_drawtext(AVFilterGraph& graph, std::string_view text, int height) {
  AVFilterContext* context = avfilter_graph_alloc_filter(&graph, avfilter_get_by_name("drawtext"), "drawtext");
  if (!context) return nullptr;
  const auto set = [&](const char* key, const std::string& value) {
    return av_opt_set(context->priv, key, value.c_str(), 0) >= 0;
  };
  const bool good = set("fontfile", font) && set("text", std::string(text)) && set("expansion", "none") &&
                    set("fontsize", std::to_string(height * 3 / 4)) && set("fontcolor", "white") && set("x", "2") &&
                    set("y", "(h-ascent)/2");
  return good && avfilter_init_dict(context, nullptr) >= 0 ? context : nullptr;
}

Plane first_picture(AVFilterGraph& graph, AVFilterContext* sink) {
  const auto frame = detail::make_frame();
  if (avfilter_graph_config(&graph, nullptr) < 0 || av_buffersink_get_frame(sink, frame.get()) < 0) return {};
  Plane plane{{}, frame->width, frame->height};
  plane.pixels.resize(std::size_t(plane.width) * std::size_t(plane.height));
  for (int y = 0; y < plane.height; ++y)
    for (int x = 0; x < plane.width; ++x)  // the filter draws in limited range
      plane.row(y)[x] = std::uint8_t(
          std::clamp((frame->data[0][std::ptrdiff_t(y) * frame->linesize[0] + x] - 16) * 255 / 219, 0, 255));
  return plane;
}

Plane cropped(const Plane& plane) {
  int right = 0;
  for (int y = 0; y < plane.height; ++y)
    for (int x = right; x < plane.width; ++x)
      if (plane.row(y)[x] > 32) right = std::max(right, x + 3);
  Plane out{{}, std::min(plane.width, right), plane.height};
  for (int y = 0; y < plane.height; ++y) out.pixels.insert(out.pixels.end(), plane.row(y), plane.row(y) + out.width);
  return out;
}

// Cuts at a whole UTF-8 character; control characters would be drawn as boxes.
std::string printable(std::string_view text) {
  std::size_t size = std::min(text.size(), caption_bytes_max);
  while (size < text.size() && size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  std::string out(text.substr(0, size));
  std::erase_if(out, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  return out;
}

}  // namespace

Plane render_text(std::string_view text, int height, int width_max) {
  const auto words = printable(text);
  if (words.empty() || !std::filesystem::exists(font)) return {};
  detail::FilterGraphPtr graph(avfilter_graph_alloc());
  auto* source = add_filter(*graph, "color", fmt::format("c=black:s={}x{}:r=1:d=1", width_max, height));
  auto* drawtext = add_drawtext(*graph, words, height);
  auto* format = add_filter(*graph, "format", "pix_fmts=gray");
  auto* sink = add_filter(*graph, "buffersink", "");
  if (!source || !drawtext || !format || !sink) return {};
  if (avfilter_link(source, 0, drawtext, 0) < 0 || avfilter_link(drawtext, 0, format, 0) < 0 ||
      avfilter_link(format, 0, sink, 0) < 0)
    return {};
  return cropped(first_picture(*graph, sink));
}

}  // namespace greenroom::media
