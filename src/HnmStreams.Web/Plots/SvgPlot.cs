using System.Globalization;
using System.Xml.Linq;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace HnmStreams.Web.Plots;

/// <summary>A static chart as SVG, for reports and documents. Text stays text, so that no fonts are needed where it is drawn.</summary>
internal sealed class SvgPlot
{
    private static readonly OxyColor Ink = OxyColor.Parse("#1c2733");
    private static readonly OxyColor Grid = OxyColor.Parse("#dfe4ea");
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <param name="title">The heading, also the description for screen readers.</param>
    public SvgPlot(string title)
    {
        Title = title;
        Model = new PlotModel
        {
            Title = title,
            TitleFontSize = 14,
            TitleFontWeight = FontWeights.Normal,
            TitleHorizontalAlignment = TitleHorizontalAlignment.CenteredWithinView,
            TextColor = Ink,
            Background = OxyColors.White,
            PlotAreaBorderColor = Grid,
            DefaultFont = "sans-serif",
            DefaultFontSize = 12,
            Culture = CultureInfo.InvariantCulture,
        };
    }

    public string Title { get; }

    /// <summary>The chart, for series that the methods here do not cover.</summary>
    public PlotModel Model { get; }

    public SvgPlot WithAxes(string x, string y, bool logarithmic = false, double? minimum = null, double? maximum = null)
    {
        Axis bottom = logarithmic ? new LogarithmicAxis() : new LinearAxis();
        (bottom.Position, bottom.Title) = (AxisPosition.Bottom, x);
        if (logarithmic)
            bottom.StringFormat = "#,0.####";
        var left = new LinearAxis { Position = AxisPosition.Left, Title = y, Minimum = minimum ?? double.NaN, Maximum = maximum ?? double.NaN };
        left.AxisTitleDistance = 16;
        foreach (var axis in (Axis[])[bottom, left])
        {
            (axis.MajorGridlineStyle, axis.MajorGridlineColor, axis.TicklineColor, axis.MinorTickSize) = (LineStyle.Solid, Grid, Grid, 0);
            Model.Axes.Add(axis);
        }

        return this;
    }

    public SvgPlot WithLegend()
    {
        // Below the chart, in wide cells: the width of text is an estimate, since the font is chosen where the SVG is shown.
        Model.Legends.Add(new Legend
        {
            LegendPlacement = LegendPlacement.Outside,
            LegendPosition = LegendPosition.BottomCenter,
            LegendOrientation = LegendOrientation.Horizontal,
            LegendBorderThickness = 0,
            LegendColumnSpacing = 24,
            LegendItemSpacing = 40,
            LegendLineSpacing = 6,
            LegendSymbolLength = 24,
        });
        return this;
    }

    /// <param name="name">The name in the legend; null for none.</param>
    public SvgPlot WithLine(string? name, string color, IEnumerable<(double X, double Y)> points, bool markers = false)
    {
        var line = new LineSeries { Title = name, Color = OxyColor.Parse(color), StrokeThickness = 2, Decimator = null };
        if (markers)
            (line.MarkerType, line.MarkerSize, line.MarkerFill) = (MarkerType.Circle, 3, line.Color);
        line.Points.AddRange(points.Select(p => new DataPoint(p.X, p.Y)));
        Model.Series.Add(line);
        return this;
    }

    /// <summary>Adds a translucent band between two lines.</summary>
    public SvgPlot WithBand(string color, IEnumerable<(double X, double Low, double High)> points)
    {
        var area = new AreaSeries { Color = OxyColors.Transparent, Color2 = OxyColors.Transparent, Fill = OxyColor.FromAColor(38, OxyColor.Parse(color)), RenderInLegend = false };
        foreach (var (x, low, high) in points)
        {
            area.Points.Add(new DataPoint(x, low));
            area.Points2.Add(new DataPoint(x, high));
        }

        Model.Series.Add(area);
        return this;
    }

    /// <summary>Adds a vertical line, for example at a change of the stream.</summary>
    public SvgPlot WithMark(double x, string text)
    {
        Model.Annotations.Add(new LineAnnotation { Type = LineAnnotationType.Vertical, X = x, Color = OxyColor.Parse("#b3261e"), LineStyle = LineStyle.Dash, Text = text, TextColor = Ink, TextOrientation = AnnotationTextOrientation.Horizontal, TextVerticalAlignment = VerticalAlignment.Bottom });
        return this;
    }

    /// <summary>Returns the SVG element. It scales with its container.</summary>
    public string Draw(int width = 760, int height = 360)
    {
        var text = SvgExporter.ExportToString(Model, width, height, isDocument: false, useVerticalTextAlignmentWorkaround: true);
        // Failures to draw are drawn as text by the library.
        if (Model.GetLastPlotException() is { } failure)
            throw new InvalidOperationException($"The chart '{Title}' could not be drawn: {failure.Message}", failure);
        var svg = XElement.Parse(text);
        svg.SetAttributeValue("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {width} {height}"));
        svg.SetAttributeValue("role", "img");
        // Text is clipped at its estimated width, and the font may be wider.
        foreach (var group in svg.Descendants(Svg + "g").Where(static g => g.Descendants(Svg + "text").Any()))
            group.SetAttributeValue("clip-path", null);
        svg.AddFirst(new XElement(Svg + "title", Title));
        return svg.ToString(SaveOptions.DisableFormatting);
    }
}
