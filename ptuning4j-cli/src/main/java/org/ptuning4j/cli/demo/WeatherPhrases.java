package org.ptuning4j.cli.demo;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What days of different warmth look like. {@code [people]} stands for some people, {@code [sign]}
 * for a clause that shows how warm it was, {@code [season]} for a time that does, {@code [other]}
 * for a clause that says nothing about it.
 *
 * @param signs clauses by the warmth that they show
 * @param seasons times by the warmth that one expects then
 * @param people plural subjects
 * @param others clauses that fit any weather
 * @param frames sentence patterns
 */
record WeatherPhrases(
    Map<Warmth, List<String>> signs,
    Map<Warmth, List<String>> seasons,
    List<String> people,
    List<String> others,
    List<String> frames) {

  /** Phrases of the training rows; the dev rows have them too. */
  static WeatherPhrases forTrain() {
    return new WeatherPhrases(
        Map.of(Warmth.COLD, coldSigns(), Warmth.MILD, mildSigns(), Warmth.HOT, hotSigns()),
        Map.of(
            Warmth.COLD,
            List.of("in January", "one winter morning", "at Christmas"),
            Warmth.MILD,
            List.of("in April", "one spring morning", "in October"),
            Warmth.HOT,
            List.of("in July", "one summer afternoon", "at the height of summer")),
        List.of(
            "the children",
            "the farmers",
            "two old men",
            "the sisters",
            "some travellers",
            "the students",
            "our neighbours",
            "the workmen",
            "the boys",
            "my cousins"),
        List.of(
            "the baker opened his shop",
            "the train was late again",
            "a letter had come from the city",
            "my uncle told us an old story",
            "the bells were ringing",
            "there was a wedding in the village"),
        List.of(
            "[sign].",
            "[sign].",
            "[sign], and [sign].",
            "[season] [sign].",
            "[season] [other], and [sign].",
            "[other], and [sign].",
            "my sister wrote that [sign].",
            "when we came to the village, [sign]."));
  }

  /** Phrases that only dev rows have. */
  static WeatherPhrases heldOut() {
    return new WeatherPhrases(
        Map.of(
            Warmth.COLD,
            List.of(
                "icicles hung from the roof",
                "the travellers' beards were white with frost",
                "[people] were skating on the canal",
                "[people] shivered under their blankets"),
            Warmth.MILD,
            List.of(
                "the cherry trees were in blossom",
                "the last leaves were falling",
                "a fine drizzle fell on the fields",
                "[people] went out with a light jacket"),
            Warmth.HOT,
            List.of(
                "the air trembled above the road",
                "the lizards lay on the burning stones",
                "[people] wiped the sweat from their faces",
                "[people] swam in the sea until dark")),
        Map.of(
            Warmth.COLD,
            List.of("in February"),
            Warmth.MILD,
            List.of("in early May"),
            Warmth.HOT,
            List.of("in August")),
        List.of("the soldiers", "the nuns", "the guests", "the fishermen"),
        List.of("somebody was playing the violin", "the post office was closed"),
        List.of(
            "they say that [sign].",
            "I remember how [sign] while [other].",
            "[sign] on the day of our arrival."));
  }

  /** All phrases as they stand in a sentence, in lower case and without slots. */
  List<String> all() {
    return Stream.of(
            signs.values().stream().flatMap(List::stream),
            seasons.values().stream().flatMap(List::stream),
            people.stream(),
            others.stream())
        .flatMap(phrases -> phrases)
        .map(phrase -> phrase.replace("[people] ", "").toLowerCase(Locale.ROOT))
        .sorted()
        .toList();
  }

  private static List<String> coldSigns() {
    return List.of(
        "snow lay on the roofs",
        "the lake was covered with ice",
        "the water had frozen in the pipes",
        "it was bitterly cold",
        "it had been snowing all night",
        "an icy wind blew from the north",
        "our breath hung in the air like smoke",
        "the road was white and slippery",
        "the windows were covered with frost flowers",
        "the birds sat puffed up on the white branches",
        "[people] sat close to the fire",
        "[people] put on a second coat",
        "[people] asked for hot tea",
        "[people] were throwing snowballs",
        "[people] came in with red noses and stiff fingers",
        "[people] had to break the ice on the well",
        "[people] wore fur hats and thick gloves",
        "[people] stamped their feet to keep warm",
        "[people] shovelled the snow from the path",
        "[people] were freezing");
  }

  private static List<String> mildSigns() {
    return List.of(
        "the first flowers were out",
        "a light rain was falling",
        "it was neither warm nor cold",
        "the snow had gone and the grass was green",
        "a soft wind blew from the west",
        "the leaves were turning yellow",
        "the morning mist rose from the fields",
        "the air was mild and smelled of earth",
        "the apple trees were full of buds",
        "it was a cool but pleasant day",
        "[people] took an umbrella with them",
        "[people] needed no more than a thin coat",
        "[people] were digging in the garden",
        "[people] gathered mushrooms in the wood",
        "[people] opened the windows for an hour",
        "[people] went for a walk between two showers",
        "[people] sowed the first seeds",
        "[people] sat outside with a pullover on",
        "[people] picked the last apples",
        "[people] jumped over the puddles");
  }

  private static List<String> hotSigns() {
    return List.of(
        "the sun was burning on the roofs",
        "the grass was dry and brown",
        "the butter had melted on the table",
        "it was terribly hot",
        "there had been no rain for six weeks",
        "a hot wind blew from the desert",
        "dust lay on all the leaves",
        "the stones were too hot to walk on",
        "the dogs lay panting under the carts",
        "even the nights were too warm to sleep",
        "[people] sat in the shade",
        "[people] took off their coats and shirts",
        "[people] asked for cold water",
        "[people] were bathing in the river",
        "[people] came in with burnt faces",
        "[people] ate ice cream on the beach",
        "[people] wore straw hats and no shoes",
        "[people] fanned themselves with newspapers",
        "[people] slept on the roof because of the heat",
        "[people] were sweating");
  }
}
