/** What is checked before a run and watched during it: each finding is a warning, said once. */
package org.ptuning4j.train.watch;
