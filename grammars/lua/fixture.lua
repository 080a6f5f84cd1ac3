local json = require("json")
local path = require "path"

local LIMIT = 10
count = 0

-- A circle.
local Circle = {}

--[[ Makes
one. ]]
function Circle.new(radius)
  return setmetatable({ radius = radius }, Circle)
end

function Circle:area(scale)
  if self.radius > LIMIT then
    error("too large")
  elseif scale then
    print('x')
  else
    print([[y]])
  end
  return math.pi * self.radius * scale
end

local function total(shapes)
  local sum = 0
  for _, shape in ipairs(shapes) do
    sum = sum + shape:area(1)
  end
  for i = 1, 3 do
    sum = sum + i
  end
  while sum > LIMIT do
    sum = sum - 1
  end
  repeat
    sum = sum + 1
  until sum > 3
  do
    work()
  end
  local visit = function(shape)
    shape:draw()
  end
  return sum
end

return { total = total }
