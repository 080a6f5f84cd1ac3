<?php

namespace Shapes;

use Shapes\Units\Length;
use Shapes\Owner as Person;

require_once 'helpers.php';

const LIMIT = 10;

/** What has an area. */
interface HasArea
{
    public function area(float $scale): float;
}

trait Named
{
    public string $name = "none";
}

enum Colour
{
    case Red;
}

abstract class Circle extends Figure implements HasArea
{
    use Named;

    const UNIT = "cm";
    private Owner $owner;

    public function __construct(float $radius)
    {
        $this->radius = $radius;
    }

    public function area(float $scale): float
    {
        // pi times the square
        if ($this->radius > LIMIT) {
            throw new AreaException("{$this->radius} is too large");
        } elseif ($scale) {
            log('x');
        } else {
            self::note();
        }
        return M_PI * $this->radius * $scale;
    }
}

function total(array $shapes, Owner $owner): Total
{
    $sum = new Total();
    foreach ($shapes as $shape) {
        $sum->add($shape->area(1));
    }
    for ($i = 0; $i < 3; $i++) {
        $sum->add($i);
    }
    while ($sum->large()) {
        $sum->halve();
    }
    do {
        $sum->halve();
    } while ($sum->large());
    switch ($sum->kind) {
        case 1:
            break;
    }
    try {
        array_map(function ($shape) {
            return $shape->draw();
        }, $shapes);
    } catch (Exception $error) {
        report($error);
    } finally {
        close();
    }
    return $sum;
}
