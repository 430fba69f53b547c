package io.github.pmem2j.cli.html;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How pages look. */
final class Style {
  /** Colors of light and dark pages: each state differs in lightness and in pattern, too. */
  private static final String LIGHT =
      """
      --ink:#1c2128;--soft:#57606a;--paper:#fff;--card:#f6f8fa;--line:#d0d7de;--on:#fff;
      --lost:#b00020;--zeroed:#7a2aa0;--unreadable:#c25e00;--unused:#6b5f00;--unknown:#2f5fa8;
      --good:#a9d3c0;--not_listed:#d5dae0;--outside:#e6eaee;--hatch:#dbe7f8;--ok:#1a6b4a;
      """;

  private static final String DARK =
      """
      --ink:#e6edf3;--soft:#a3adb8;--paper:#0d1117;--card:#161b22;--line:#363d47;--on:#0d1117;
      --lost:#ff6b70;--zeroed:#d495f2;--unreadable:#ffa94d;--unused:#d8c645;--unknown:#7fb0ff;
      --good:#215743;--not_listed:#3d444d;--outside:#262c34;--hatch:#1d2f4d;--ok:#5fd3a0;
      """;

  private static final String RULES =
      """
      *{box-sizing:border-box}
      body{margin:0;background:var(--paper);color:var(--ink);
       font:15px/1.5 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}
      main{max-width:1080px;margin:0 auto;padding:24px 16px 48px}
      h1,h2,h3,p,ul{margin:0;padding:0;overflow-wrap:anywhere}
      ul{list-style:none}
      h2{font-size:13px;letter-spacing:.06em;text-transform:uppercase;color:var(--soft);
       margin:28px 0 8px}
      header{display:flex;gap:18px;align-items:flex-start;padding:20px;border-radius:8px;
       background:var(--card);border-left:8px solid var(--state)}
      header .sign{flex:none;width:52px;height:52px;border-radius:50%;background:var(--state);
       color:var(--on);font-size:32px;font-weight:700;line-height:52px;text-align:center}
      h1{font-size:27px;line-height:1.2}
      .detail{font-size:17px;margin-top:6px}
      .origin{color:var(--soft);font-size:13px;margin-top:8px}
      .tiles{display:flex;flex-wrap:wrap;gap:8px;margin-top:12px}
      .tiles li{flex:1 1 150px;padding:10px 14px;border-radius:8px;background:var(--card);
       border-top:3px solid var(--state);color:var(--soft);font-size:13px}
      .number{display:block;color:var(--ink);font-size:22px;line-height:1.3;
       font-variant-numeric:tabular-nums}
      .advice li{margin:4px 0;padding-left:16px;position:relative}
      .advice li::before{content:"";position:absolute;left:2px;top:9px;width:6px;height:6px;
       border-radius:3px;background:var(--soft)}
      code{font:.92em ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;padding:1px 5px;
       border-radius:4px;background:var(--card)}
      .legend ul{display:flex;flex-wrap:wrap;gap:4px 22px;font-size:13px;color:var(--soft)}
      .legend svg{width:15px;height:15px;margin:0 7px 0 0;vertical-align:-2px}
      .legend b{color:var(--ink)}
      article{padding:14px 16px;margin:10px 0;border:1px solid var(--line);border-radius:8px;
       break-inside:avoid}
      h3{font-size:15px;line-height:1.4;font-weight:600}
      .badge{display:inline-block;padding:0 8px;margin-right:4px;border-radius:4px;
       background:var(--state);color:var(--on);font-size:12px;letter-spacing:.03em}
      .path,td:nth-child(-n+2){font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace}
      .path{font-size:14px;overflow-wrap:anywhere;unicode-bidi:isolate}
      .note{font-size:13px;color:var(--soft);margin-top:3px}
      .folded{font-size:13px;color:var(--soft);margin:10px 0;padding-left:10px;
       border-left:3px solid var(--line)}
      article svg.grid{display:block;width:100%;margin-top:10px}
      svg.strip{display:block;width:100%;height:30px;margin-top:10px;overflow:visible}
      .mark{stroke-width:2px;stroke:var(--mark)}
      .patterns{position:absolute}
      .hatch{fill:var(--hatch)}
      .hole{fill:var(--paper)}
      .stripes{stroke:var(--unknown);stroke-width:1.1px;fill:none}
      .scale,.ends{font-size:12px;color:var(--soft);margin-top:4px}
      .ends{display:flex;justify-content:space-between;gap:8px;font-variant-numeric:tabular-nums}
      table{width:100%;border-collapse:collapse;margin-top:12px;font-size:13px}
      th{text-align:left;font-weight:600;color:var(--soft)}
      th,td{padding:4px 12px 4px 0;border-bottom:1px solid var(--line);vertical-align:top;
       overflow-wrap:anywhere;unicode-bidi:isolate}
      td:nth-child(-n+2){font-variant-numeric:tabular-nums;font-size:12.5px}
      .reasons td:nth-child(2),.sources td:nth-child(2){font:inherit}
      @media(max-width:640px){
       main{padding:10px 8px 24px}
       header{padding:14px 12px;gap:12px}
       header .sign{width:36px;height:36px;line-height:36px;font-size:22px}
       h1{font-size:21px}
       .detail{font-size:15px}
       article{padding:10px}
       thead{display:none}
       tr{display:block;padding:5px 0;border-bottom:1px solid var(--line)}
       td{display:flex;gap:8px;padding:1px 0;border:0}
       td:empty{display:none}
       td::before{flex:none;width:104px;color:var(--soft);font:13px system-ui,"DejaVu Sans",sans-serif}
      }
      @media print{
       main{max-width:none;padding:0}
       *{print-color-adjust:exact;-webkit-print-color-adjust:exact}
      }
      """;

  /** All rules. */
  static final String SHEET = sheet();

  /** Nothing is loaded, and no style but {@link #SHEET} is applied. */
  static final String POLICY =
      "default-src 'none'; style-src 'sha256-"
          + hash(SHEET)
          + "'; base-uri 'none'; form-action"
          + " 'none'";

  /** A cell of each state, and the hatch of what is unknown. */
  static final String PATTERNS = patterns();

  private Style() {}

  private static String sheet() {
    String text =
        ":root{"
            + LIGHT
            + "}@media screen and (prefers-color-scheme:dark){:root{"
            + DARK
            + "}}"
            + RULES
            + states()
            + heads();
    return text.replaceAll("\n *", "");
  }

  private static String states() {
    return Stream.of(State.values())
        .map(
            state -> {
              String name = state.css();
              String color =
                  switch (state) {
                    case GOOD -> "ok";
                    case NOT_LISTED, OUTSIDE -> "soft";
                    default -> name;
                  };
              String strip = state == State.UNKNOWN ? "url(#hatch)" : "var(--" + name + ")";
              return (".is-@{--state:var(--" + color + ")}")
                  .concat(".strip .@{fill:" + strip + ";--mark:var(--@)}")
                  .concat(".grid .@{fill:url(#cell-@)}.c-@{fill:var(--@)}")
                  .replace("@", name);
            })
        .collect(Collectors.joining());
  }

  /** The heads of the columns before each cell, for narrow pages. */
  private static String heads() {
    return Stream.of(Table.Kind.values())
        .map(
            kind ->
                IntStream.range(0, kind.head().size())
                    .mapToObj(
                        i ->
                            "."
                                + kind.css()
                                + " td:nth-child("
                                + (i + 1)
                                + ")::before{content:\""
                                + kind.head().get(i)
                                + "\"}")
                    .collect(Collectors.joining()))
        .collect(Collectors.joining("", "@media(max-width:640px){", "}"));
  }

  private static String patterns() {
    return Stream.of(State.values())
        .map(state -> pattern("cell-" + state.css(), cell(state)))
        .collect(
            Collectors.joining(
                "",
                "<svg width=\"0\" height=\"0\" class=\"patterns\" aria-hidden=\"true\"><defs>",
                pattern("hatch", "<rect class=\"hatch\" width=\"10\" height=\"10\"/>" + STRIPES)
                    + "</defs></svg>"));
  }

  private static final String STRIPES =
      "<path class=\"stripes\" d=\"M-2 2L2-2M-2 12L12-2M8 12L12 8\"/>";

  private static String pattern(String id, String content) {
    return "<pattern id=\""
        + id
        + "\" width=\"10\" height=\"10\" patternUnits=\"userSpaceOnUse\">"
        + content
        + "</pattern>";
  }

  private static String cell(State state) {
    String full =
        "<rect class=\"c-" + state.css() + "\" x=\".5\" y=\".5\" width=\"9\" height=\"9\"/>";
    return switch (state) {
      case ZEROED -> full + "<circle class=\"hole\" cx=\"5\" cy=\"5\" r=\"2.4\"/>";
      case UNREADABLE -> full + "<path class=\"hole\" d=\"M.5 3h9v1.6H.5zM.5 6.2h9v1.6H.5z\"/>";
      case UNUSED -> full + "<rect class=\"hole\" x=\"2\" y=\"2\" width=\"6\" height=\"6\"/>";
      case UNKNOWN ->
          "<rect class=\"hatch\" x=\".5\" y=\".5\" width=\"9\" height=\"9\"/>"
              + "<path class=\"stripes\" d=\"M.5 9.5L9.5 .5\"/>";
      default -> full;
    };
  }

  /** A symbol of the state, which is recognized faster than its label. */
  static String sign(State state) {
    return switch (state) {
      case UNKNOWN -> "?";
      case GOOD -> "\u2713";
      case NOT_LISTED, OUTSIDE -> "\u2013";
      default -> "!";
    };
  }

  private static String hash(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return Base64.getEncoder()
          .encodeToString(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // Every JDK has it.
    }
  }
}
