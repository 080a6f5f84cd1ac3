require "set"
require_relative "shapes/figure"

LIMIT = 10

# Shapes and their areas.
module Shapes
  class Circle < Figure
    include HasArea

    def initialize(radius)
      @radius = radius
    end

    def self.unit
      new(1)
    end

    def area(scale)
      if @radius > LIMIT
        raise AreaError, "#{@radius} is too large"
      elsif scale
        log('x')
      else
        log(:y)
      end
      Math::PI * @radius * scale
    end
  end

  def self.total(shapes)
    sum = Total.new
    shapes.each do |shape|
      sum.add(shape.area(1))
    end
    shapes.map { |shape| shape.draw }
    for shape in shapes
      shape.draw
    end
    while sum.large?
      sum.halve
    end
    until sum.small?
      sum.halve
    end
    unless sum.ok?
      sum.halve
    end
    case sum.kind
    when 1
      work
    end
    begin
      work
    rescue StandardError => error
      report(error)
    ensure
      close
    end
    sum if sum.name =~ /[a-z]+/
  end
end
