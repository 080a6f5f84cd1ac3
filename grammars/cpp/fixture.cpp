#include <vector>

using std::string;
using Names = std::vector<string>;

namespace shapes {

template <typename T>
concept Drawable = requires(T t) { t.draw(); };

/// A circle.
class Circle : public Shape {
public:
    explicit Circle(double radius) : radius_(radius) {}
    ~Circle();

    double area(double scale) const override;
    Circle& grow(double by);

private:
    double radius_;
};

double Circle::area(double scale) const
{
    if (radius_ > limit) {
        throw std::runtime_error("too large");
    }
    return 3.14 * radius_ * radius_ * scale;
}

Circle& Circle::grow(double by)
{
    radius_ += by;
    return *this;
}

double total(const std::vector<Circle>& shapes)
{
    double sum = 0;
    for (const auto& shape : shapes) {
        sum += shape.area(1);
    }
    try {
        std::sort(shapes.begin(), shapes.end(), [](auto a, auto b) {
            return a.area(1) < b.area(1);
        });
        auto* copy = new Circle(1);
        auto text = R"(raw "text")";
        make<Circle>(text);
    } catch (const std::exception& error) {
        log(error.what());
    }
    return sum;
}

}  // namespace shapes
