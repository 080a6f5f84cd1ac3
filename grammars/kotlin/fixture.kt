package shapes

import kotlin.math.PI
import java.util.Date as Day

const val LIMIT = 10.0
typealias Names = List<String>

/** What has an area. */
interface HasArea {
    fun area(scale: Double): Double
}

enum class Colour { RED, GREEN }

object Registry {
    val cache = mutableMapOf<String, Circle>()
}

class Circle(val radius: Double, private val owner: Owner) : Figure(), HasArea {
    // Who drew it.
    var label: String = "none"

    override fun area(scale: Double): Double {
        if (radius > LIMIT) {
            throw AreaException("${radius} is too large")
        } else {
            log('x')
        }
        return PI * radius * scale
    }

    companion object {
        fun unit(): Circle = Circle(1.0, Owner())
    }
}

fun total(shapes: List<Circle>): Total {
    var sum = Total()
    for (shape in shapes) {
        sum.add(shape.area(1.0))
    }
    while (sum.large()) {
        sum.halve()
    }
    do {
        sum.halve()
    } while (sum.large())
    when (sum.kind) {
        1 -> {
            work()
        }
    }
    try {
        work()
    } catch (error: Exception) {
        report(error)
    } finally {
        close()
    }
    shapes.forEach { shape -> shape.draw() }
    return sum
}
