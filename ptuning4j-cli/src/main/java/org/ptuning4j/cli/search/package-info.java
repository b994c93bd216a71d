/** {@code ptune search}, and the search that {@code ptune train --auto} makes. */
package org.ptuning4j.cli.search;
