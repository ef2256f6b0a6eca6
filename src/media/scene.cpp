#include "media/scene.hpp"

#include <algorithm>
#include <cmath>

#include "media/text.hpp"
#include "media/video_source.hpp"

namespace greenroom::media {
namespace {

using base::Result;
using base::Status;

constexpr Colour canvas_colour{22, 129, 127};
constexpr Colour tile_colour{40, 131, 126};
constexpr Colour initial_colour{150, 128, 128};
constexpr Colour caption_colour{225, 128, 128};
constexpr Colour shade{16, 128, 128};
constexpr int shade_share = 120;

// Plays one file: the newest picture whose time has come, before that the first.
class Player {
 public:
  Player(const VideoPiece& piece, std::filesystem::path path) : piece_(piece), path_(std::move(path)) {}

  bool covers(double t) const { return !broken_ && t >= piece_.start_s && t < piece_.end_s; }
  bool broken() const { return broken_; }
  bool ready() const { return has_picture_; }
  VideoSource& source() { return *source_; }

  // A file whose time is over needs no decoder any more.
  void rest(double t) {
    if (t < piece_.end_s || !source_) return;
    source_.reset();
    has_picture_ = false;
  }

  // True when another picture is current than before.
  bool advance(double t) {
    if (!source_ && !open()) return false;
    bool changed = false;
    while (ahead_ && (!has_picture_ || *ahead_ + piece_.offset_s <= t)) {
      source_->take();
      has_picture_ = changed = true;
      look_ahead();
    }
    return changed;
  }

 private:
  bool open() {
    if (broken_) return false;
    auto opened = VideoSource::open(path_);
    broken_ = !opened;
    if (broken_) return false;
    source_ = std::move(*opened);
    look_ahead();
    return true;
  }

  void look_ahead() {
    auto next = source_->next();
    ahead_ = next ? *next : std::nullopt;
  }

  VideoPiece piece_;
  std::filesystem::path path_;
  std::unique_ptr<VideoSource> source_;
  std::optional<double> ahead_;
  bool has_picture_ = false;
  bool broken_ = false;
};

std::string initial_of(const std::string& name) {
  std::size_t size = name.empty() ? 0 : 1;
  while (size < name.size() && (static_cast<unsigned char>(name[size]) & 0xC0) == 0x80) ++size;
  std::string initial = name.substr(0, size);
  if (size == 1 && initial[0] >= 'a' && initial[0] <= 'z') initial[0] = char(initial[0] - 'a' + 'A');
  return initial;
}

// A place in the picture with the files that may show in it, the first that covers the moment first.
class Tile {
 public:
  Tile(std::string name, Fit fit, bool captions) : name_(std::move(name)), fit_(fit), captions_(captions) {}

  void add(const VideoPiece& piece, const std::filesystem::path& path) { players_.emplace_back(piece, path); }
  bool active(double t) const {
    return std::any_of(players_.begin(), players_.end(), [&](const Player& p) { return p.covers(t); });
  }
  int broken() const {
    return int(std::count_if(players_.begin(), players_.end(), [](auto& p) { return p.broken(); }));
  }

  void move_to(Rect rect) {
    if (rect == rect_) return;
    if (rect.width != rect_.width || rect.height != rect_.height) dress({rect.width, rect.height});
    rect_ = rect;
    stale_ = true;
  }

  Status draw(double t, Picture& canvas) {
    for (auto& player : players_) player.rest(t);
    Player* showing = player_at(t);
    const bool changed = showing && showing->advance(t);
    if (showing && !showing->ready()) showing = nullptr;
    if (!changed && showing == shown_ && !stale_) return {};
    shown_ = showing;
    stale_ = false;
    if (!showing) {
      paste(placeholder_, canvas, rect_.x, rect_.y);
      return {};
    }
    GREENROOM_TRY(auto picture, showing->source().render({rect_.width, rect_.height}, fit_, canvas_colour));
    add_caption(picture);
    paste(picture, canvas, rect_.x, rect_.y);
    return {};
  }

  void redraw() { stale_ = true; }

 private:
  Player* player_at(double t) {
    for (auto& player : players_)
      if (player.covers(t)) return &player;
    return nullptr;
  }

  // What the tile wears at this size: placeholder and caption are drawn once.
  void dress(Size size) {
    const int line = std::clamp(size.height / 14, 14, 40);
    caption_ = captions_ ? render_text(name_, line, size.width) : Plane{};
    placeholder_ = make_picture(size, tile_colour);
    const auto initial = render_text(initial_of(name_), std::max(16, size.height / 3), size.width);
    blend(initial, placeholder_, (size.width - initial.width) / 4 * 2, (size.height - initial.height) / 4 * 2,
          initial_colour);
    add_caption(placeholder_);
  }

  void add_caption(Picture& picture) const {
    if (caption_.pixels.empty()) return;
    const int margin = caption_.height / 4 * 2;
    const int x = margin, y = (picture.size().height - caption_.height - margin) / 2 * 2;
    tint(picture, {x - margin / 2, y, caption_.width + margin, caption_.height}, shade, shade_share);
    blend(caption_, picture, x, y, caption_colour);
  }

  std::string name_;
  Fit fit_;
  bool captions_;
  std::vector<Player> players_;
  Rect rect_;
  Plane caption_;
  Picture placeholder_;
  Player* shown_ = nullptr;
  bool stale_ = true;
};

}  // namespace

struct Scene::State {
  const Plan& plan;
  Picture canvas;
  Tile screen{"", Fit::contain, false};
  std::vector<Tile> people;
  std::optional<bool> with_screen;
  double half_frame;

  explicit State(const Plan& p)
      : plan(p), canvas(make_picture(p.settings.canvas, canvas_colour)), half_frame(0.5 / p.settings.fps) {
    for (const auto& piece : p.screens) screen.add(piece, p.stems[piece.stem].path);
    const auto count = std::min<std::size_t>(p.participants.size(), tiles_max - 1);
    for (std::size_t i = 0; i < count; ++i) add_person(p.participants[i]);
  }

  void add_person(const ParticipantPlan& who) {
    auto& tile = people.emplace_back(who.name, Fit::cover, plan.settings.captions);
    for (const auto& piece : who.camera) tile.add(piece, plan.stems[piece.stem].path);
  }

  void arrange(bool sharing) {
    if (with_screen == sharing) return;
    with_screen = sharing;
    fill(canvas, {0, 0, canvas.size().width, canvas.size().height}, canvas_colour);
    const int count = int(people.size()), gap = plan.settings.gap;
    auto rects = sharing ? screen_layout(canvas.size(), count, gap) : grid_layout(canvas.size(), count, gap);
    if (sharing) {
      screen.move_to(rects.front());
      screen.redraw();
      rects.erase(rects.begin());
    }
    for (std::size_t i = 0; i < people.size(); ++i) {
      people[i].move_to(rects[i]);
      people[i].redraw();
    }
  }
};

Scene::Scene(const Plan& plan) : state_(std::make_unique<State>(plan)) {}
Scene::~Scene() = default;

// A picture counts from half an output frame before its time: every output frame shows the nearest moment, not the last
// one before it.
Result<const Picture*> Scene::at(double t) {
  auto& s = *state_;
  const double eye = t + s.half_frame;
  s.arrange(s.screen.active(eye));
  if (*s.with_screen) GREENROOM_CHECK_OK(s.screen.draw(eye, s.canvas));
  for (auto& tile : s.people) GREENROOM_CHECK_OK(tile.draw(eye, s.canvas));
  return &s.canvas;
}

int Scene::broken() const {
  int count = state_->screen.broken();
  for (const auto& tile : state_->people) count += tile.broken();
  return count;
}

}  // namespace greenroom::media
