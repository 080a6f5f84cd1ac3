import React, { useState } from "react";

type Props = { title: string };

interface State {
  open: boolean;
  toggle(): void;
}

const DEFAULT = "none";

export function Panel({ title }: Props): JSX.Element {
  const [state, setState] = useState<State>({ open: false });
  // Opens and closes.
  const toggle = () => {
    setState({ open: !state.open });
  };
  if (!state.open) {
    return <Header onClick={toggle} title={`${title}!`} />;
  }
  return (
    <Frame>
      <p className="text">It's open</p>
    </Frame>
  );
}
