package shapes

import scala.collection.mutable.Map
import java.util.{Date, List => JavaList}

/** What has an area. */
trait HasArea {
  def area(scale: Double): Double
  val unit: String
}

case class Circle(radius: Double, owner: Owner) extends Figure with HasArea {
  // Who drew it.
  type Names = Seq[String]
  val label = "none"
  var count = 0

  override def area(scale: Double): Double = {
    if (radius > Limit) {
      throw new AreaException(s"${radius} is too large")
    } else {
      log('x')
    }
    Math.PI * radius * scale
  }
}

object Circle {
  val Limit = 10.0

  def total(shapes: Seq[Circle]): Total = {
    val sum = new Total()
    for (shape <- shapes) {
      sum.add(shape.area(1.0))
    }
    while (sum.large()) {
      sum.halve()
    }
    sum.kind match {
      case 1 => work()
    }
    try {
      work()
    } catch {
      case error: Exception => report(error)
    } finally {
      close()
    }
    sum
  }
}
