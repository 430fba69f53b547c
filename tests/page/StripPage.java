import io.github.pmem2j.cli.html.Page;
import io.github.pmem2j.cli.html.Panel;
import io.github.pmem2j.cli.html.Span;
import io.github.pmem2j.cli.html.State;
import io.github.pmem2j.cli.html.Strip;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes a page of a device of a terabyte, with a bad sector at its begin, middle and end. */
final class StripPage {
  public static void main(String[] args) throws Exception {
    long size = 1L << 40;
    List<Span> spans =
        List.of(
            new Span(0, 512, State.LOST),
            new Span(size / 2, 512, State.LOST),
            new Span(size - 512, 512, State.LOST));
    Page page = new Page(State.LOST, "Three sectors", "");
    page.section(
        "Devices",
        List.of(
            new Panel(
                "pmem0",
                State.LOST,
                "3 bad ranges",
                List.of(),
                List.of(new Strip("pmem0", size, State.UNKNOWN, spans)),
                List.of())),
        List.of());
    Files.write(Path.of(args[0]), page.bytes());
  }
}
