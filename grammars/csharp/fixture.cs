using System;
using System.Collections.Generic;
using Day = System.DateTime;

namespace Shapes
{
    /// <summary>What has an area.</summary>
    public interface IHasArea
    {
        double Area(double scale);
    }

    public enum Colour
    {
        Red,
        Green
    }

    public delegate void Drawn(Circle circle);

    public record Pair(int A, int B);

    public struct Point
    {
        public int X;
    }

    public class Circle : Figure, IHasArea
    {
        private const double Limit = 10;
        private readonly Owner owner;

        public string Label { get; set; } = "none";

        public Circle(double radius)
        {
            Radius = radius;
        }

        public double Area(double scale)
        {
            // pi times the square
            if (Radius > Limit)
            {
                throw new AreaException($"{Radius} is too large");
            }
            else
            {
                Log('x');
            }
            return Math.PI * Radius * scale;
        }

        public static Total Sum(List<Circle> shapes)
        {
            var sum = new Total();
            foreach (var shape in shapes)
            {
                sum.Add(shape.Area(1));
            }
            for (int i = 0; i < 3; i++)
            {
                sum.Add(i);
            }
            while (sum.Large())
            {
                sum.Halve();
            }
            do
            {
                sum.Halve();
            } while (sum.Large());
            try
            {
                shapes.ForEach(shape =>
                {
                    shape.Draw();
                });
            }
            catch (Exception error)
            {
                Console.WriteLine(error.Message);
            }
            finally
            {
                Close();
            }
            using (var held = Hold())
            {
                Work();
            }
            lock (shapes)
            {
                Work();
            }
            switch (sum.Kind)
            {
                case 1:
                    break;
            }
            return sum;
        }
    }
}
